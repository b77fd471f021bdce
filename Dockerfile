# The page, then the Python environment, then an image that has neither Node.js nor build tools.

FROM node:22-slim AS page
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend ./
# Vite writes to /src/backend/ntkscope/static.
RUN npm run build

FROM python:3.11-slim AS environment
# An index with other builds of PyTorch, such as the one for CPUs; empty: the pinned wheel, with CUDA.
ARG TORCH_INDEX=""
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /opt/ntkscope
ENV PATH=/opt/ntkscope/bin:$PATH
WORKDIR /src
COPY pyproject.toml constraints.txt ./
RUN if [ -n "$TORCH_INDEX" ]; then pip install --index-url "$TORCH_INDEX" -c constraints.txt --no-deps torch; fi
# The dependencies alone: a layer that a change of the sources leaves as it is.
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" \
      > dependencies.txt \
    && pip install -c constraints.txt -r dependencies.txt
COPY README.md LICENSE ./
COPY backend backend
COPY --from=page /src/backend/ntkscope/static backend/ntkscope/static
RUN pip install --no-deps .

FROM python:3.11-slim
COPY --from=environment /opt/ntkscope /opt/ntkscope
RUN useradd --uid 1000 --create-home ntkscope && install -d -o 1000 -g 1000 /data
USER 1000:1000
ENV PATH=/opt/ntkscope/bin:$PATH PYTHONUNBUFFERED=1 NTKSCOPE_DATABASE_URL=sqlite:////data/ntkscope.db
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ.get('NTKSCOPE_PORT', '8000') + os.environ.get('NTKSCOPE_BASE_PATH', '') + '/api/health', timeout=4)"]
ENTRYPOINT ["ntkscope"]
# Beyond loopback a token is asked for: NTKSCOPE_TOKEN, a file that NTKSCOPE_TOKEN_FILE names, or one that is drawn and
# printed as a link (docker compose logs).
CMD ["serve", "--host", "0.0.0.0"]
