def offer_list(request, **kw):
    raise NotImplementedError


def offer_new(request, **kw):
    raise NotImplementedError


def offer_detail(request, **kw):
    raise NotImplementedError


def offer_edit(request, **kw):
    raise NotImplementedError


def offer_step(request, **kw):
    raise NotImplementedError
