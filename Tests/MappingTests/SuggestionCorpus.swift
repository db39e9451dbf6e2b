/// Tables with what people would map by hand, and with pairs that only look right.
///
/// The headers and rows of airports, birds, municipalities, runways, cities and postcodes are those of public files.
enum SuggestionCorpus {
    static let tables: [SuggesterTests.Table] = [
        .init(
            name: "customers",
            header: [
                "Customer No", "Full name", "E-mail", "Phone", "Mobile", "Street", "City", "Postcode", "Country",
                "Born",
                "Signed up", "Newsletter", "Credit limit", "Discount", "Notes",
            ],
            rows: [
                [
                    "001001", "Anna Schmidt", "anna@example.org", "+49 30 123456", "", "Lindenallee 4", "Dresden",
                    "01067", "D", "1943-04-12", "31/12/2019", "Yes", "8,030.48", "0.125", "VIP",
                ],
                [
                    "1002", "Paweł Kowalski", "pawel@example.com", "+48 64 7865531", "+48 1234567", "aleja Róż 65",
                    "Kraków", "31-001", "PL", "16/06/1966", "12/09/2020", "n", "755.31", "", "",
                ],
            ],
            fields: """
                [{name: customer_id, type: integer}, {name: name}, {name: search_name}, {name: email, type: email},
                 {name: phone, type: phone}, {name: address.street}, {name: address.city}, {name: address.postcode},
                 {name: address.country, pattern: "^[A-Z]{2}$"}, {name: address.label}, {name: born, type: date},
                 {name: signed_up, type: date}, {name: newsletter, type: boolean}, {name: credit_limit, type: number},
                 {name: discount_percent, type: number}, {name: tier}, {name: segment}, {name: notes}]
                """,
            truth: [
                "customer_id": ["Customer No"], "name": ["Full name"], "search_name": ["Full name"],
                "email": ["E-mail"], "phone": ["Phone", "Mobile"], "address.street": ["Street"],
                "address.city": ["City"], "address.postcode": ["Postcode"], "address.country": ["Country"],
                "born": ["Born"], "signed_up": ["Signed up"], "newsletter": ["Newsletter"],
                "credit_limit": ["Credit limit"], "notes": ["Notes"],
            ],
            taken: [
                "email": "$\"E-mail\"", "phone": "$Phone", "address.street": "$Street", "address.city": "$City",
                "address.postcode": "$Postcode", "signed_up": "$\"Signed up\" | parse_date(\"dd/MM/yyyy\")",
                "newsletter": "$Newsletter | parse_boolean",
                "credit_limit": "$\"Credit limit\" | parse_number(\"en\")", "notes": "$Notes",
            ]),
        .init(
            name: "consents",
            header: ["Email consent", "E-Mail sent", "Email 2", "Email", "Phone consent", "Newsletter type", "Phones"],
            rows: [["yes", "2021-01-01", "b@example.com", "a@example.com", "no", "weekly", "2"]],
            fields: """
                [{name: email, type: email}, {name: phone, type: phone}, {name: newsletter, type: boolean},
                 {name: email_consent, type: boolean}, {name: email_verified, type: boolean}, {name: email_count, type: integer}]
                """,
            truth: ["email": ["Email"], "email_consent": ["Email consent"]],
            taken: ["email": "$Email", "email_consent": "$\"Email consent\" | parse_boolean"]),
        .init(
            name: "two addresses of the same kind",
            header: ["Work email", "Private email", "Billing city", "Shipping city", "Parent name"],
            rows: [["a@example.com", "b@example.com", "Rome", "Milan", "Bob"]],
            fields: "[{name: email, type: email}, {name: city}, {name: name}, {name: address.city}]",
            truth: [:], taken: [:]),
        .init(
            name: "German shop",
            header: [
                "Kundennummer", "Vorname", "Nachname", "E-Mail-Adresse", "Straße", "Hausnr.", "PLZ", "Ort", "Land",
                "Geburtsdatum", "Umsatz netto", "Erstellt am", "Newsletter", "Rabatt %",
            ],
            rows: [
                [
                    "4711", "Anna", "Müller", "anna@example.de", "Lindenallee", "4a", "01067", "Dresden", "Deutschland",
                    "03.05.1981", "1.250,50", "31.12.2020", "ja", "5",
                ],
                [
                    "4712", "Zoë", "Öz", "zoe@example.de", "Am Markt", "1", "10115", "Berlin", "Deutschland",
                    "12.11.1979", "7,00", "01.02.2021", "nein", "10",
                ],
            ],
            fields: """
                [{name: customer_number}, {name: first_name}, {name: last_name}, {name: email, type: email},
                 {name: street}, {name: house_number}, {name: postcode}, {name: city},
                 {name: country, pattern: "^[A-Z]{2}$"}, {name: birth_date, type: date}, {name: revenue, type: number},
                 {name: created_at, type: date}, {name: newsletter, type: boolean}, {name: discount, type: number}]
                """,
            truth: [
                "customer_number": ["Kundennummer"], "first_name": ["Vorname"], "last_name": ["Nachname"],
                "email": ["E-Mail-Adresse"], "street": ["Straße"], "house_number": ["Hausnr."], "postcode": ["PLZ"],
                "city": ["Ort"], "country": ["Land"], "birth_date": ["Geburtsdatum"], "revenue": ["Umsatz netto"],
                "created_at": ["Erstellt am"], "newsletter": ["Newsletter"],
            ],
            taken: [
                "email": "$\"E-Mail-Adresse\"", "newsletter": "$Newsletter | parse_boolean(\"ja\", \"nein\")",
            ]),
        .init(
            name: "French invoices",
            header: [
                "N° client", "Nom", "Prénom", "Courriel", "Code postal", "Ville", "Montant TTC", "Date de facture",
            ],
            rows: [["12", "Dupont", "Élodie", "e@example.fr", "75002", "Paris", "1 234,50", "31/12/2020"]],
            fields: """
                [{name: customer_id, type: integer}, {name: last_name}, {name: first_name}, {name: email, type: email},
                 {name: zip}, {name: city}, {name: amount, type: number}, {name: invoice_date, type: date},
                 {name: due_date, type: date}]
                """,
            truth: [
                "customer_id": ["N° client"], "last_name": ["Nom"], "first_name": ["Prénom"], "email": ["Courriel"],
                "zip": ["Code postal"], "city": ["Ville"], "amount": ["Montant TTC"],
                "invoice_date": ["Date de facture"],
            ],
            taken: ["email": "$Courriel"]),
        .init(
            name: "bank",
            header: ["Buchungstag", "Valuta", "Verwendungszweck", "Betrag", "Währung", "IBAN", "BIC", "Saldo"],
            rows: [
                [
                    "31.12.2020", "02.01.2021", "Miete", "-1.250,00", "EUR", "DE89370400440532013000", "COBADEFFXXX",
                    "7,00",
                ]
            ],
            fields: """
                [{name: booking_date, type: date}, {name: purpose}, {name: amount, type: number},
                 {name: currency, format: currency}, {name: iban, format: iban}, {name: balance, type: number},
                 {name: date, type: date}]
                """,
            truth: ["booking_date": [], "amount": ["Betrag"], "currency": ["Währung"], "iban": ["IBAN"]],
            taken: ["iban": "$IBAN"]),
        .init(
            name: "orders",
            header: [
                "Order No", "Order Date", "Ship Date", "Unit Price", "Qty", "Price %", "Price (EUR)", "Total", "Status",
                "Not paid", "Weight (kg)",
            ],
            rows: [
                ["A7", "2020-12-31", "01/02/2021", "2.50", "4", "5 %", "10.00", "10.00", "open", "yes", "1.5"],
                ["A8", "2021-01-02", "03/02/2021", "1.25", "2", "7 %", "2.50", "2.50", "paid", "no", "2"],
            ],
            fields: """
                [{name: order_number}, {name: order_date, type: date}, {name: ship_date, type: date},
                 {name: quantity, type: integer}, {name: price, type: number}, {name: total, type: number},
                 {name: delivery.status}, {name: paid, type: boolean}, {name: weight, type: number},
                 {name: unit_price, type: number}]
                """,
            truth: [
                "order_number": ["Order No"], "order_date": ["Order Date"], "ship_date": ["Ship Date"],
                "quantity": ["Qty"], "price": ["Price (EUR)"], "total": ["Total"], "unit_price": ["Unit Price"],
                "weight": ["Weight (kg)"],
            ],
            taken: [
                "order_date": "$\"Order Date\" | parse_date(\"yyyy-MM-dd\")", "total": "$Total | to_decimal",
                "unit_price": "$\"Unit Price\" | to_decimal",
            ]),
        .init(
            name: "names of other things",
            header: ["Name", "Company", "E-Mail", "Country", "Age", "Status", "Date", "Number", "Website"],
            rows: [["Ann", "Acme", "a@example.com", "IT", "1981-05-03", "yes", "10:30", "7a", "none"]],
            fields: """
                [{name: company.name}, {name: contact.email, type: email}, {name: birth.country}, {name: age, type: integer},
                 {name: status, enum: [open, paid]}, {name: date, type: date}, {name: number, type: integer},
                 {name: website, type: url}]
                """,
            truth: ["company.name": ["Company"], "contact.email": ["E-Mail"]], taken: [:]),
        .init(
            name: "without a header", header: ["column_1", "column_2", "column_3"],
            rows: [["2B", "410", "AER"], ["2B", "410", "ASF"]],
            fields: "[{name: airline}, {name: airline_id, type: integer}, {name: column}]", truth: [:], taken: [:]),
        .init(
            name: "airports",
            header: ["id", "airport_ref", "airport_ident", "type", "description", "frequency_mhz"],
            rows: [
                ["70518", "6528", "00CA", "CTAF", "CTAF", "122.9"],
                ["49931", "1368", "CNZ8", "UNIC", "ATF/UNICOM", "123.35"],
            ],
            fields: """
                [{name: id, type: integer}, {name: airport_id, type: integer}, {name: airport}, {name: service},
                 {name: description}, {name: mhz, type: number}, {name: band, enum: [HF, VHF, UHF]}, {name: frequency, type: number}]
                """,
            truth: [
                "id": ["id"], "airport_id": ["airport_ref"], "airport": ["airport_ident"], "service": ["type"],
                "description": ["description"], "mhz": ["frequency_mhz"], "frequency": ["frequency_mhz"],
            ],
            taken: ["id": "$id | to_integer", "description": "$description"]),
        .init(
            name: "birds",
            header: [
                "Airport Name", "Aircraft Make Model", "Effect Amount of damage", "Flight Date",
                "Aircraft Airline Operator", "Origin State", "Phase of flight", "Wildlife Size", "Wildlife Species",
                "Time of day", "Cost Other", "Cost Repair", "Cost Total $", "Speed IAS in knots",
            ],
            rows: [
                [
                    "BARKSDALE AIR FORCE BASE ARPT", "T-38A", "None", "1990-01-08", "MILITARY", "Louisiana", "Climb",
                    "Large", "Turkey vulture", "Day", "0", "0", "0", "300",
                ]
            ],
            fields: """
                [{name: airport}, {name: state}, {name: flight_date, type: date}, {name: operator}, {name: aircraft},
                 {name: damage, enum: [none, minor, medium]}, {name: phase}, {name: species}, {name: size},
                 {name: time_of_day, enum: [dawn, day, dusk, night]}, {name: cost_usd, type: integer},
                 {name: is_costly, type: boolean}, {name: speed_kmh, type: number}]
                """,
            truth: [
                "airport": ["Airport Name"], "state": ["Origin State"], "flight_date": ["Flight Date"],
                "operator": ["Aircraft Airline Operator"], "aircraft": ["Aircraft Make Model"],
                "damage": ["Effect Amount of damage"], "phase": ["Phase of flight"], "species": ["Wildlife Species"],
                "size": ["Wildlife Size"], "time_of_day": ["Time of day"], "cost_usd": ["Cost Total $"],
            ],
            taken: ["flight_date": "$\"Flight Date\" | parse_date(\"yyyy-MM-dd\")"]),
        .init(
            name: "municipalities",
            header: [
                "Codice Regione", "Codice Provincia (Storico)(1)", "Progressivo del Comune (2)",
                "Codice Comune formato alfanumerico", "Denominazione (Italiana e straniera)",
                "Denominazione in italiano",
                "Denominazione altra lingua", "Ripartizione geografica", "Denominazione Regione",
                "Sigla automobilistica", "Codice Comune formato numerico", "Codice Catastale del comune",
            ],
            rows: [
                ["01", "001", "001", "001001", "Agliè", "Agliè", "", "Nord-ovest", "Piemonte", "TO", "1001", "A074"]
            ],
            fields: """
                [{name: istat_code}, {name: istat_number, type: integer}, {name: name}, {name: other_name},
                 {name: province.code}, {name: region.code}, {name: region.name}, {name: area}, {name: codice_regione}]
                """,
            truth: [
                "istat_code": ["Codice Comune formato alfanumerico"],
                "istat_number": ["Codice Comune formato numerico"],
                "name": ["Denominazione in italiano"], "other_name": ["Denominazione altra lingua"],
                "region.name": ["Denominazione Regione"], "codice_regione": ["Codice Regione"],
            ],
            taken: ["codice_regione": "$\"Codice Regione\""]),
        .init(
            name: "runways",
            header: [
                "id", "airport_ref", "airport_ident", "length_ft", "width_ft", "surface", "lighted", "closed",
                "le_latitude_deg", "le_heading_degT", "he_latitude_deg", "he_heading_degT",
            ],
            rows: [
                ["269408", "6523", "00A", "80", "80", "ASPH-G", "1", "0", "", "", "", ""],
                ["251394", "7314", "0MD4", "2600", "100", "TURF", "1", "0", "38.1", "180", "38.2", "360"],
            ],
            fields: """
                [{name: runway_id, type: integer}, {name: airport_id, type: integer}, {name: length_m, type: number},
                 {name: width_m, type: number}, {name: surface}, {name: is_lighted, type: boolean}, {name: closed, type: boolean},
                 {name: low_end.latitude, type: number}, {name: high_end.latitude, type: number}, {name: latitude, type: number}]
                """,
            truth: [
                "runway_id": ["id"], "airport_id": ["airport_ref"], "surface": ["surface"], "is_lighted": ["lighted"],
                "closed": ["closed"],
            ],
            taken: ["surface": "$surface", "closed": "$closed | parse_boolean"]),
        .init(
            name: "cities", header: ["name", "country", "subcountry", "geonameid"],
            rows: [
                ["les Escaldes", "Andorra", "Escaldes-Engordany", "3040051"], ["Manga", "Burkina Faso", "", "2358100"],
            ],
            fields: """
                [{name: geoname_id, type: integer}, {name: name}, {name: search_name}, {name: country}, {name: region},
                 {name: label}, {name: country_code, format: country}]
                """,
            truth: [
                "geoname_id": ["geonameid"], "name": ["name"], "search_name": ["name"], "country": ["country"],
                "region": ["subcountry"],
            ],
            taken: ["geoname_id": "$geonameid | to_integer", "name": "$name", "country": "$country"]),
        .init(
            name: "postcodes", header: ["zip_code", "latitude", "longitude", "city", "state", "county"],
            rows: [
                ["00501", "40.922326", "-72.637078", "Holtsville", "NY", "Suffolk"],
                ["02542", "41.65308", "-70.553727", "Buzzards Bay", "MA", "Barnstable"],
            ],
            fields: """
                [{name: zip, pattern: "^[0-9]{5}$"}, {name: city}, {name: county}, {name: country}, {name: state, enum: [NY, MA]},
                 {name: location.latitude, type: number}, {name: location.longitude, type: number}, {name: label}]
                """,
            truth: [
                "zip": ["zip_code"], "city": ["city"], "county": ["county"], "state": ["state"],
                "location.latitude": ["latitude"], "location.longitude": ["longitude"],
            ],
            taken: ["city": "$city", "county": "$county", "state": "$state"]),
    ]
}
