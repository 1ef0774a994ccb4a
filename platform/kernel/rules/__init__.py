"""The one rule engine: typed facts, a tree of conditions, three-valued, dated, explained, replayable.

It knows no table and no programme. A subject brings a vocabulary of facts, dated parameters and documents:
`parse_rule` reads a document, `evaluate` answers, `record_of` keeps the answer for a later `replay`.
"""
