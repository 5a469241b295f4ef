// The first module: replaced by the page.
