"""From records as delivered to counts: read in a layout, checked by rules, counted in the engine.

This is the only room that sees records. What leaves it is counts, and small tables of areas and
people.
"""
