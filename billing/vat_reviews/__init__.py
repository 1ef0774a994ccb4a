"""VAT that is another at the tax point than at the order: found, shown, confirmed by staff."""
