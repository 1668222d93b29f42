# One image for every role of the portal: web, worker, beat, watcher; the command chooses. The target `models` is the model registry.
FROM node:22-slim AS assets
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund --ignore-scripts

FROM python:3.12-slim AS models
ENV PYTHONUNBUFFERED=1 UV_PROJECT_ENVIRONMENT=/opt/venv PATH=/opt/venv/bin:$PATH HOME=/data \
    MLFLOW_DISABLE_TELEMETRY=true DO_NOT_TRACK=true MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false
WORKDIR /app
RUN pip install --no-cache-dir uv==0.13.9
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --only-group models --compile-bytecode --no-cache \
    && useradd --uid 10001 --home-dir /data slipway && mkdir /data && chown slipway /data
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 5000
CMD ["mlflow", "server", "--host", "0.0.0.0", "--port", "5000", "--workers", "2", "--serve-artifacts", \
     "--backend-store-uri", "sqlite:////data/mlflow.sqlite3", "--artifacts-destination", "/data/artifacts", \
     "--allowed-hosts", "models,models:5000,localhost,localhost:5000"]

FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 UV_PROJECT_ENVIRONMENT=/opt/venv PATH=/opt/venv/bin:$PATH PORTAL_HOME=/data
WORKDIR /app
RUN pip install --no-cache-dir uv==0.13.9
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-default-groups --compile-bytecode --no-cache
COPY . .
COPY --from=assets /app/node_modules node_modules
RUN python -m scripts.translations compile \
    && useradd --uid 10001 --create-home slipway && mkdir /data && chown slipway /data
USER 10001
EXPOSE 8000
CMD ["uvicorn", "portal.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--lifespan", "off", "--timeout-graceful-shutdown", "5"]
