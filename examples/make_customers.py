#!/usr/bin/env python3
"""Writes customers.csv, a customer list with the faults that real ones have.

    python3 make_customers.py > customers.csv

The same bytes on every run: the list is made from the tables below and a generator with a fixed seed, of which only
random() is used, because Python promises that its sequence stays the same. README.md tells what each fault is for.
"""

import csv
import datetime
import io
import random
import sys
import unicodedata

COLUMNS = [
    "Customer No", "Full name", "E-mail", "Phone", "Mobile", "Street", "City", "Postcode", "Country", "Born",
    "Signed up", "Contract ends", "Newsletter", "Credit limit", "Discount", "Tier", "Notes",
]  # fmt: skip

# First and last names, streets, cities with postcode, spellings of the country, and its telephone code.
PLACES = [
    (["Anna", "Jürgen", "Björn", "Käthe", "Uwe"], ["Müller", "Strauß", "Schäfer", "von der Heide", "Weiß"],
     ["Hauptstraße", "Lindenallee", "Am Bahnhof", "Große Gasse"],
     [("Dresden", "01067"), ("Leipzig", "04109"), ("Köln", "50667"), ("München", "80331")],
     ["Germany", "DE", "Deutschland", "GERMANY", "D"], "+49"),
    (["Élodie", "François", "Zoé", "Jean-Luc", "Anaïs"], ["Lefèvre", "D'Amboise", "Gauthier", "Noël", "L'Hermitte"],
     ["rue de la Paix", "avenue Foch", "place du Marché", "rue Saint-Honoré"],
     [("Paris", "75002"), ("Bourg-en-Bresse", "01000"), ("Nîmes", "30000"), ("Orléans", "45000")],
     ["France", "FR", "france", "F"], "+33"),
    (["Łukasz", "Zofia", "Małgorzata", "Paweł"], ["Wójcik", "Żółtowski", "Kowalska", "Święcicka"],
     ["ulica Długa", "plac Wolności", "aleja Róż"],
     [("Łódź", "90-001"), ("Kraków", "31-001"), ("Gdańsk", "80-001"), ("Warszawa", "00-001")],
     ["Poland", "PL", "Polska"], "+48"),
    (["Oliver", "Siobhán", "Aoife", "George"], ["O'Neill", "Smith-Jones", "Carter", "Whitfield"],
     ["High Street", "Station Road", "Church Lane"],
     [("London", "SW1A 1AA"), ("Leeds", "LS1 4AP"), ("Belfast", "BT1 5GS")],
     ["United Kingdom", "UK", "GB", "Great Britain"], "+44"),
    (["Linda", "José", "Tyler", "Renée"], ["Nguyen", "García", "Brooks", "Hernandez"],
     ["Main Street", "2nd Avenue", "Elm Street"],
     [("Holtsville", "00501"), ("Agawam", "01001"), ("Austin", "73301"), ("Portland", "97201")],
     ["USA", "US", "United States", "U.S.A."], "+1"),
    (["小明", "丽", "伟"], ["王", "李", "张"], ["长安街", "王府井大街"], [("北京", "100006"), ("上海", "200001")],
     ["China", "CN", "中国"], "+86"),
    (["Νίκος", "Ελένη"], ["Παπαδόπουλος", "Γεωργίου"], ["Ερμού"], [("Αθήνα", "105 63"), ("Πάτρα", "262 21")],
     ["Greece", "GR", "Ελλάδα"], "+30"),
]  # fmt: skip

# The local parts of addresses for names that Latin letters cannot write.
ROMANISED = {
    "小明": "xiaoming", "丽": "li", "伟": "wei", "王": "wang", "李": "li", "张": "zhang", "Νίκος": "nikos",
    "Ελένη": "eleni", "Παπαδόπουλος": "papadopoulos", "Γεωργίου": "georgiou",
}  # fmt: skip

TIERS = ["standard", "Standard", "silver", "S", "Silver ", "gold", "GOLD", "g", "", "NULL", "trial"]
YES_AND_NO = ["yes", "no", "Yes", "No", "Y", "N", "y", "n", "true", "false", "TRUE", "FALSE", "1", "0", ""]
NOTES = [
    "prefers e-mail, not phone", "moved in 2021;\nold address on file", "says \"call me after five\"",
    "🎉 10 years with us", "VIP 🌟, handle with care", "2 parcels returned,\n1 refunded\n(see ticket)", "très fidèle",
    "likes naïve art", "discount agreed, 2019", "no   calls    please",
]  # fmt: skip

rng = random.Random(20261123)


def chance(part):
    """True for this part of all calls."""
    return rng.random() < part


def pick(items):
    return items[int(rng.random() * len(items))]


def day(first, last):
    """A date from the first year to the last."""
    start = datetime.date(first, 1, 1)
    return start + datetime.timedelta(days=int(rng.random() * (datetime.date(last, 12, 31) - start).days))


def written(date):
    """The list was kept by two people: one wrote 31/12/2019, the other 2019-12-31."""
    return date.strftime("%d/%m/%Y") if chance(0.6) else date.isoformat()


def address_part(name):
    name = ROMANISED.get(name, name).lower().replace("ß", "ss").replace("ł", "l")
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(letter for letter in ascii_only if letter.isalnum())


def telephone(code):
    digits = "".join(str(int(rng.random() * 10)) for _ in range(7))
    area = str(20 + int(rng.random() * 70))
    return pick([
        f"{code} {area} {digits}", f"{code}-{area}-{digits[:3]}-{digits[3:]}", f"00{code[1:]} {area}/{digits}",
        f"{code} ({area}) {digits[:3]} {digits[3:]}",
    ])  # fmt: skip


def amount():
    value = int(rng.random() * 9_000) + rng.random()
    return pick([
        f"{value:,.2f}", f"{value:.2f}", f"€ {value:,.2f}", f"${value:,.0f}", f"{int(value):,}",
        f"£{value:,.2f}", "",
    ])  # fmt: skip


def untidy(name):
    """How a name was typed: mostly well, else all large, all small, or with spaces too many."""
    style = rng.random()
    if style < 0.08:
        return name.upper()
    if style < 0.16:
        return name.lower()
    if style < 0.22:
        return f"  {name} "
    if style < 0.28:
        return name.replace(" ", "  ")
    return name


def customer(number):
    """A row that can be accepted, by column."""
    first_names, last_names, streets, cities, countries, code = pick(PLACES)
    first, last = pick(first_names), pick(last_names)
    city, postcode = pick(cities)
    street = f"{pick(streets)} {1 + int(rng.random() * 120)}"
    if chance(0.2):
        street += f", Apt. {1 + int(rng.random() * 30)}"
    signed_up = day(2015, 2025)
    ends = signed_up + datetime.timedelta(days=365 * (1 + int(rng.random() * 3)))
    email = f"{address_part(first)}.{address_part(last)}{number}@example.{pick(['com', 'org', 'net'])}"
    return {
        "Customer No": f"{number:06d}" if chance(0.3) else str(number),
        "Full name": untidy(f"{first} {last}"),
        "E-mail": email.upper() if chance(0.1) else f" {email}" if chance(0.05) else email,
        "Phone": telephone(code) if chance(0.7) else pick(["", "-", "NULL", "n/a"]),
        "Mobile": telephone(code) if chance(0.4) else "",
        "Street": street,
        "City": f"{city} " if chance(0.05) else city,
        "Postcode": postcode,
        "Country": pick(countries),
        "Born": written(day(1940, 2004)) if chance(0.9) else pick(["", "NULL"]),
        "Signed up": written(signed_up),
        "Contract ends": written(ends) if chance(0.3) else "",
        "Newsletter": pick(YES_AND_NO),
        "Credit limit": amount(),
        "Discount": pick(["0.05", "0.10", "0.125", "0", "0.2", "", "", ""]),
        "Tier": pick(TIERS),
        "Notes": pick(NOTES) if chance(0.3) else "",
    }  # fmt: skip


def line(row):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([row[column] for column in COLUMNS])
    return text.getvalue()


# What is wrong in some rows, by customer number: the cells that replace good ones.
FAULTS = {
    1012: {"Born": "30/02/1985"},
    1019: {"E-mail": "not known"},
    1027: {"Signed up": "2021-13-05"},
    1034: {"Country": "Atlantis"},
    1041: {"Customer No": "10O41"},
    1049: {"Customer No": ""},
    1056: {"E-mail": "peter.pan@@example.com"},
    1063: {"Born": "unknown"},
    1071: {"Credit limit": "1.234,56"},
    1078: {"Newsletter": "maybe"},
    1086: {"Full name": "   "},
    1093: {"Phone": "ask his wife", "Mobile": ""},
    1101: {"Signed up": "12/03/2022", "Contract ends": "2021-03-11"},
    1108: {"Postcode": "n. a."},
    1116: {"Credit limit": "250,000.00"},
    1123: {"Full name": "Wolfeschlegelsteinhausenbergerdorff " + "Maximilian " * 6},
    1131: {"Discount": "5 %"},
    1138: {"Signed up": ""},
    1146: {"E-mail": "ilse@localhost"},
    1153: {"Credit limit": "-50.00"},
    1161: {"Country": "XX", "E-mail": "no mail", "Newsletter": "?"},
    1168: {"Notes": "complained at length: " + "the parcel came late, and open; " * 12},
    1176: {"Discount": "0.75"},
    1183: {"Credit limit": "1,23,4.00"},
    1191: {"Born": "31/04/1990"},
    1198: {"Contract ends": "end of year"},
    1206: {"E-mail": ""},
    1213: {"Signed up": "29/02/2023"},
    1221: {"Full name": ""},
    1228: {"Customer No": "C-1228"},
}  # fmt: skip

# Good rows that show what is put right on the way.
CURIOSITIES = {
    1005: {"Customer No": "001005", "Full name": "  ANNA   MÜLLER ", "E-mail": "ANNA.MUELLER@EXAMPLE.COM",
           "Street": "Lindenallee 4", "City": "Dresden", "Postcode": "01067", "Country": "D"},
    1008: {"Full name": "王 小明", "E-mail": "xiaoming.wang1008@example.org", "Phone": "+86 10 5550142", "Mobile": "",
           "Street": "长安街 9", "City": "北京", "Postcode": "100006", "Country": "中国", "Notes": "🎉 10 years with us"},
    1016: {"Born": "29/02/1988", "Credit limit": "€ 99.90", "Notes": "born on a leap day"},
    1022: {"Full name": "łukasz ŻÓŁTOWSKI", "E-mail": "lukasz.zoltowski@example.net", "Phone": "0048 42/5550177",
           "Mobile": "", "Street": "plac Wolności 7,\nlokal 12", "City": "Łódź", "Postcode": "90-001",
           "Country": "Polska"},
    1031: {"Full name": "SIOBHÁN O'NEILL", "E-mail": " S.ONEILL@EXAMPLE.COM ", "Street": "Church Lane 3",
           "City": "Belfast", "Postcode": "bt1 5gs", "Country": "UK"},
    1038: {"Phone": "-", "Mobile": "0049 171/5550123"},
    1045: {"Credit limit": "1,234.56", "Tier": "trial", "Newsletter": "N"},
}  # fmt: skip

# Whole lines that follow a customer's row; what a csv module would never write.
INSERTED = {
    1024: lambda rows: line(rows[1008]),  # the same row twice
    1052: lambda rows: line({**rows[1031], "Full name": "Shona O'Neill"}),  # same number, another name
    1066: lambda rows: "\n\n",
    1083: lambda rows: "1900,Too Few Cells,few@example.com,+44 20 5550100\n",
    1097: lambda rows: line({**customer(1901), "Full name": "Twin Mail", "E-mail": "s.oneill@example.com"}),
    1112: lambda rows: "," * (len(COLUMNS) - 1) + "\n",  # the empty row of a spreadsheet
    1127: lambda rows: line({**rows[1016], "Notes": "entered twice"}),
    1142: lambda rows: line({**customer(1902), "Street": "High Street 9", "Notes": ""}).replace(
        "High Street 9", "High Street 9, Flat 2"),  # a comma that was not quoted: one cell too many
    1157: lambda rows: line({**customer(1903), "Full name": "XQUOTEX", "Notes": ""}).replace(
        "XQUOTEX", '"Robert "Bob" Carter"'),  # quotes that were not doubled
    1172: lambda rows: "\n",
    1187: lambda rows: line({**rows[1005], "Customer No": "1005"}),  # 001005 again, without its zeros
    1202: lambda rows: "1904,Half A Row\n",
}  # fmt: skip


def main():
    lines = [line({column: column for column in COLUMNS})]
    rows = {}
    for number in range(1001, 1291):
        rows[number] = {**customer(number), **CURIOSITIES.get(number, {}), **FAULTS.get(number, {})}
        lines.append(line(rows[number]))
        if number in INSERTED:
            lines.append(INSERTED[number](rows))
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    sys.stdout.write("".join(lines))


if __name__ == "__main__":
    main()
