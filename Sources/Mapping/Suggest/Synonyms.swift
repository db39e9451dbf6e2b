/// Words that people use for the same thing in names of columns, in English, German, French, Spanish and Italian.
enum Synonyms {
    /// A line a meaning: the name that stands for it, then others. Words without accents, as `NameWords` has them.
    ///
    /// A word that means several things (`nome`, `Nummer`) stands where it is meant most often: what is found here is
    /// proposed, and taken only where the values say the same.
    private static let text = """
        email: e mail, mail, email address, e mail address, mail address, mail adresse, email adresse, e mail adresse, \
        courriel, adresse email, adresse e mail, adresse mail, adresse electronique, correo, correo electronico, \
        direccion email, direccion correo, posta elettronica, indirizzo email, indirizzo e mail, indirizzo mail
        phone: telephone, tel, telefon, telefonnummer, telephone number, phone number, phone no, phone nr, tel no, \
        tel nr, telefono, numero telephone, numero telefono, rufnummer, fon
        mobile: mobile phone, mobile number, cell, cell phone, cellphone, handy, handynummer, mobil, mobiltelefon, \
        mobilnummer, portable, telephone portable, movil, celular, telefono movil, cellulare
        fax: telefax, fax number, faxnummer, telecopie
        first name: given name, firstname, forename, vorname, prenom, fname
        last name: family name, lastname, surname, nachname, familienname, zuname, nom famille, apellido, apellidos, \
        cognome, lname
        full name: fullname, vollstandiger name, nom complet, nombre completo, nome completo
        name: nom, nombre, nome, bezeichnung, denominazione
        company: company name, firma, firmenname, unternehmen, societe, entreprise, raison sociale, empresa, \
        razon social, azienda, ragione sociale, organisation, organization
        street: street address, strasse, str, rue, calle, via
        house number: house no, hausnummer, hausnr, numero civico
        postcode: post code, postal code, zip, zip code, zipcode, postleitzahl, plz, code postal, codigo postal, cap
        city: town, ort, wohnort, stadt, ville, ciudad, citta, localita
        country: land, pays, pais, paese, country name
        country code: landercode, landerkennzeichen, landeskennzeichen, code pays, codigo pais, codice paese
        state: federal state, bundesland
        address: adresse, anschrift, direccion, indirizzo, addr
        birth date: birthdate, date birth, dob, birthday, born, geburtsdatum, geboren am, geburtstag, date naissance, \
        fecha nacimiento, data nascita
        age: alter, edad, eta
        gender: sex, geschlecht, sexe, sexo, sesso
        language: sprache, langue, idioma, lingua
        currency: wahrung, devise, divisa, moneda, valuta
        amount: betrag, montant, importe, importo
        price: preis, prix, precio, prezzo
        unit price: einzelpreis, stuckpreis, prix unitaire, precio unitario, prezzo unitario
        quantity: qty, menge, anzahl, quantite, cantidad, quantita
        total: total amount, grand total, gesamt, gesamtbetrag, totale
        discount: rabatt, remise, descuento, sconto
        vat: mwst, ust, tva, iva, mehrwertsteuer, umsatzsteuer
        vat id: vat number, vat no, ust id, ustid, ust idnr, umsatzsteuer id, numero tva, partita iva
        iban: iban number, iban nummer
        bic: swift, swift code, bic code
        account number: account no, kontonummer, kontonr, numero compte, numero cuenta, numero conto
        date: datum, fecha
        start date: startdatum, anfangsdatum, beginn, date debut, fecha inicio, data inizio, start
        end date: enddatum, ende, date fin, fecha fin, data fine, end
        created: created at, created on, creation date, date created, erstellt, erstellt am, erstellungsdatum, \
        date creation, fecha creacion, data creazione
        updated: updated at, modified, modified at, last modified, geandert, geandert am, date modification
        due date: falligkeit, fallig am, date echeance, fecha vencimiento, data scadenza, due
        order date: bestelldatum, date commande, fecha pedido, data ordine
        invoice date: rechnungsdatum, date facture, fecha factura, data fattura
        signed up: signup, signup date, sign up date, registered, registered at, registration date, anmeldedatum, \
        angemeldet am, date inscription, fecha registro, data iscrizione
        joined: joined on, join date, joining date, eintritt, eintrittsdatum
        customer: kunde, client, cliente
        customer number: customer no, kundennummer, kundennr, kunden nr, client number, numero client, numero cliente
        customer id: kunden id, id client, id cliente, client id
        order number: order no, bestellnummer, auftragsnummer, numero commande, numero pedido, numero ordine
        invoice number: invoice no, rechnungsnummer, rechnungsnr, numero facture, numero factura, numero fattura
        article number: article no, artikelnummer, artikelnr, artikel nr, item number, item no
        product: produkt, producto, prodotto
        order: bestellung, auftrag, commande, pedido, ordine
        invoice: rechnung, facture, factura, fattura
        description: beschreibung, descripcion, descrizione, desc
        notes: note, bemerkung, bemerkungen, notiz, notizen, anmerkung, anmerkungen, kommentar, comment, comments, \
        remark, remarks, remarque, remarques, commentaire, notas, observaciones
        status: statut
        category: kategorie, categorie, categoria
        type: typ, tipo
        colour: color, farbe, couleur, colore
        weight: gewicht, poids, peso
        height: hohe, hauteur, altura, altezza
        width: breite, largeur, ancho, larghezza
        size: grosse, taille, talla
        website: homepage, web site, webseite, internetseite, site web, sitio web, sito web, web address
        latitude: lat, breitengrad, latitud, latitudine
        longitude: lon, lng, langengrad, longitud, longitudine
        username: user name, login, benutzername, nom utilisateur, nome utente
        department: abteilung, dept, departement, departamento, reparto
        region: regione
        year: jahr, annee, ano, anno
        number: no, nr, num, nummer, numero
        id: identifier, kennung, identifiant, identificador, identificativo
        """

    /// Words that say what a thing is about and not which one: an e-mail consent is no e-mail.
    static let changing: Set<String> = [
        "consent", "opt", "optin", "permission", "allowed", "verified", "confirmed", "validated", "valid", "bounced",
        "sent", "subscribed", "unsubscribed", "count", "hash", "flag", "status", "type", "format", "provider", "source",
        "not", "is", "has", "percent", "plus", "below", "above", "equals", "einwilligung", "zustimmung", "erlaubnis",
        "consentement", "consentimiento", "consenso", "permiso", "verifie", "verificado", "verificato", "bestatigt",
        "previous", "former", "old", "alt", "ancien", "anterior", "precedente", "frequency", "length", "domain",
    ]

    /// Words between others, which are left out.
    private static let fillers: Set<String> = [
        "the", "of", "a", "an", "de", "du", "des", "la", "le", "les", "l", "d", "der", "die", "das", "dem", "den", "el",
        "los", "las", "di", "del", "della", "dell", "il", "lo", "and", "und", "et",
    ]

    private static let meanings: [[String]: [String]] = {
        var meanings: [[String]: [String]] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":")
            let meaning = parts[0].split(separator: " ").map(String.init)
            for other in parts[1].split(separator: ",") {
                meanings[other.split(separator: " ").map(String.init)] = meaning
            }
        }
        return meanings
    }()

    private static let longest = 3

    /// The words with each run of them that the table knows, the longest first, as the words of its meaning.
    static func meaning(of words: [String]) -> [String] {
        let words = words.filter { !fillers.contains($0) }
        var result: [String] = []
        var index = 0
        while index < words.count {
            let lengths = stride(from: min(longest, words.count - index), to: 0, by: -1)
            let length = lengths.first { meanings[Array(words[index..<(index + $0)])] != nil } ?? 1
            let run = Array(words[index..<(index + length)])
            result += meanings[run] ?? run
            index += length
        }
        return result
    }
}
