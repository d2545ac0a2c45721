"""Tables that people ask for: any dimension of the records, protected with all that is public."""
