"""What every API view shares: one envelope for errors, pages by key, the words of the API's document."""
