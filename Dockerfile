# The image of web, worker and scheduler. Runs as an ordinary user and on a read-only root (with a tmpfs on /tmp).

FROM python:3.11-slim-bookworm AS build
WORKDIR /app
RUN python -m venv /opt/venv
COPY requirements/install.py requirements/production.txt requirements/
RUN UV_COMPILE_BYTECODE=1 /opt/venv/bin/python requirements/install.py requirements/production.txt \
 && /opt/venv/bin/python -m pip uninstall --quiet --yes uv
COPY . .
# Collects the static files. The values only let the settings load; none of them stays in the image.
RUN DJANGO_SETTINGS_MODULE=sparkle_site.settings.production \
    SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    ENCRYPTION_KEYS="$(python -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())')" \
    ALLOWED_HOSTS=sparkle.example PUBLIC_URL=https://sparkle.example \
    DATABASE_URL=postgresql://sparkle@localhost/sparkle REDIS_URL=redis://localhost:6379/0 \
    /opt/venv/bin/python manage.py collectstatic --noinput \
 && /opt/venv/bin/python -m compileall -q .

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin sparkle \
 && install -d -o sparkle -g sparkle /data/media /data/private
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
USER sparkle
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=sparkle_site.settings.production \
    HOST=0.0.0.0 \
    PORT=8000 \
    MEDIA_ROOT=/data/media \
    PRIVATE_ROOT=/data/private
EXPOSE 8000
STOPSIGNAL SIGTERM
# Asks as the public host, since the site answers to no other.
HEALTHCHECK CMD ["python", "-c", "import os, urllib.parse as p, urllib.request as r; r.urlopen(r.Request('http://127.0.0.1:8000/healthz', headers={'Host': p.urlsplit(os.environ['PUBLIC_URL']).netloc}), timeout=3)"]
CMD ["python", "-m", "sparkle_site.serve"]
