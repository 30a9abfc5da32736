// The last script of every page: when it runs, those before it have bound their keys and buttons.
document.documentElement.dataset.ready = "true";
