"""The derivation of a decision: each clause with what went in and what came out, as steps.

Nothing here decides: `domain/assessment.py` calls these in the order of the clauses.
"""
