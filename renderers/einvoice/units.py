"""The unit of a quantity (BT-130) as a code of UN/ECE Recommendation 20.

A unit that the table does not know is counted in pieces, C62 ("one"): the
line then names it as an attribute.
"""

PIECE = "C62"

NAMES_BY_CODE = {
    "SEC": "s sec second seconds seconde secondes",
    "MIN": "min mn minute minutes",
    "HUR": "h hr hour hours heure heures",
    "DAY": "d j day days jour jours",
    "WEE": "week weeks semaine semaines",
    "MON": "month months mois",
    "QAN": "quarter quarters trimestre trimestres",
    "SAN": "semestre semestres half_year",
    "ANN": "year years an ans année années",
    "WHR": "wh",
    "KWH": "kwh",
    "MWH": "mwh",
    "GWH": "gwh",
    "KWT": "kw",
    "KVA": "kva",
    "AD": "b o byte bytes octet octets",
    "2P": "kb ko kilobyte kilobytes",
    "4L": "mb mo megabyte megabytes",
    "E34": "gb go gigabyte gigabytes",
    "E35": "tb to terabyte terabytes",
    "E36": "pb po petabyte petabytes",
    "E64": "kib",
    "E63": "mib",
    "E62": "gib",
    "E65": "tib",
    "LTR": "l litre litres liter liters",
    "MTQ": "m3 m³",
    "MTK": "m2 m²",
    "MTR": "m metre metres meter meters mètre mètres",
    "KMT": "km kilometre kilometres kilomètre kilomètres",
    "SMI": "mile miles",
    "GRM": "g gram grams gramme grammes",
    "KGM": "kg kilogram kilograms kilogramme kilogrammes",
    "TNE": "t tonne tonnes",
    "P1": "% percent",
    PIECE: "one piece pieces pièce pièces unit units unité unités each pc pcs",
}

_CODES = {name: code for code, names in NAMES_BY_CODE.items() for name in names.split()}


def unit_code(unit: str | None) -> str:
    """The code of a unit's name, in English, French or symbols."""
    return PIECE if unit is None else _CODES.get(unit.strip().lower(), PIECE)


def is_named(unit: str | None) -> bool:
    """Whether the code says all that the unit's name says."""
    return unit is None or unit.strip().lower() in _CODES
