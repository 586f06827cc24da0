# Pantau in one image: `docker compose build` makes it, docs/deployment.md tells of it.
#
#   web ─── the front end, with Node.js ─┐
#   build ─ locked requirements, wheel ◄─┘ ──► runtime: Python, the environment, nothing else

FROM node:22-bookworm-slim AS web
WORKDIR /web
COPY dashboards/web/package.json dashboards/web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY dashboards/web/ ./
RUN npm run build

FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /source
COPY requirements/demo.lock requirements/
RUN python -m venv /opt/pantau \
    && /opt/pantau/bin/pip install --require-hashes -r requirements/demo.lock
COPY pyproject.toml README.md LICENSE ./
COPY collector/ collector/
COPY api/ api/
COPY simulators/ simulators/
COPY device_profiles/ device_profiles/
COPY dashboards/ dashboards/
COPY --from=web /web/dist/ dashboards/web/dist/
RUN /opt/pantau/bin/pip install --no-deps --no-build-isolation .

FROM python:3.12-slim-bookworm AS runtime
# The folders that volumes are laid over: a new volume takes over owner and mode from here.
RUN groupadd --system --gid 10001 pantau \
    && useradd --system --uid 10001 --gid 10001 --home-dir /var/lib/pantau --no-create-home pantau \
    && install -d -o pantau -g pantau -m 0750 /var/lib/pantau \
        /secrets /secrets/influxdb /secrets/grafana /secrets/mosquitto /secrets/pantau
COPY --from=build /opt/pantau/ /opt/pantau/
COPY --chmod=0755 deploy/make-secrets.sh /usr/local/bin/make-secrets
ENV PATH=/opt/pantau/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /var/lib/pantau
USER 10001:10001
EXPOSE 8080
# What compose runs says itself how it is asked; this is for `docker run` of the whole platform.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["pantau", "health", "--role", "api", "--port", "8080"]
ENTRYPOINT ["pantau"]
CMD ["run"]
