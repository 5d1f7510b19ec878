"""Number crunchers behind the offline cloud: arrays in, arrays out, no AWS words, no files."""
