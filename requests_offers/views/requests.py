def request_list(request, **kw): raise NotImplementedError
def request_detail(request, **kw): raise NotImplementedError
def request_step(request, **kw): raise NotImplementedError
