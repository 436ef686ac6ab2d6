"""A document as a structured invoice by EN 16931: CII (Factur-X) and UBL, document in, bytes out.

What both say is made once, in `terms`; `cii` and `ubl` are its two syntaxes.
"""
