# The image of Sparky: what docs/guide/container.md describes. `node scripts/try-image.mjs` runs these steps without an engine.

FROM node:24-trixie-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
COPY . .
RUN sh scripts/setup.sh
RUN sh scripts/assemble.sh /image/opt/sparky
# A volume that is mounted here takes over whose it is, and that others stay out.
RUN mkdir -p /image/var/lib/sparky && chmod 700 /image/var/lib/sparky

FROM debian:trixie-slim
COPY --from=build /image/opt/sparky /opt/sparky
COPY --from=build --chown=10001:10001 /image/var/lib/sparky /var/lib/sparky
ENV PATH=/opt/sparky/bin:/opt/sparky/node_modules/.bin:/usr/local/bin:/usr/bin:/bin
ENV HOME=/var/lib/sparky
ENV SPARKY_HOME=/var/lib/sparky/home
ENV SPARKY_HOST=0.0.0.0
ENV SPARKY_PORT=8000
ENV SPARKY_ENABLE_AGENT_LOOP=true
USER 10001:10001
WORKDIR /var/lib/sparky
VOLUME /var/lib/sparky
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.SPARKY_PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["sparky"]
CMD ["chat", "start"]
