"""Complete example applications, one per framework, over one framework-free shop."""
