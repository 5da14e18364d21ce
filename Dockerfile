# The portal's image: one for web, workers, beat and set-up. It holds no secret and no data.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 \
    DJANGO_SETTINGS_MODULE=tsc_portal.settings TSC_MODE=production TSC_DATA_DIR=/data

RUN useradd --system --create-home --uid 10001 portal && install -d -o portal -g portal /data /tls /backups
WORKDIR /app

COPY requirements/base.txt requirements/base.txt
RUN pip install --require-hashes -r requirements/base.txt

COPY . .
# Catalogues and style sheet are made here; static files are gathered into the data volume by the set-up service,
# because a volume that already holds an older release would hide them.
RUN python -m tsc_portal.catalogues && python -m tsc_portal.bundle && python -m compileall -q .

USER portal
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "--config", "gunicorn.conf.py", "tsc_portal.wsgi"]
