def engagement_step(request, **kw):
    raise NotImplementedError
