"""The API's reference as a page: the published document, read aloud without any script."""
