"""Age-standardised mortality rates from death registrations, published as a bulletin."""
