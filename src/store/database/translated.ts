import type { DatabaseConnection, Dialect, Driver } from "kysely";

/**
 * What the machine or the network is to blame for becomes `unavailable`, in words for people; the rest stays as it is.
 * `connecting`: it failed before anything was asked.
 */
export type Translate = (error: unknown, connecting?: boolean) => unknown;

/**
 * A dialect whose every failure is translated once, below Kysely: of a query, of a transaction's begin and end, and of getting
 * a connection. So nobody who asks the database has to think of it, libraries that bring their own queries included.
 */
export function translated(dialect: Dialect, translate: Translate): Dialect {
  return {
    createDriver: () => translatedDriver(dialect.createDriver(), translate),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
  };
}

/** The same for what is done on the engine's own handle. */
export async function translating<T>(translate: Translate, work: () => Promise<T>, connecting = false): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translate(error, connecting);
  }
}

function translatedDriver(driver: Driver, translate: Translate): Driver {
  const known = new WeakSet<DatabaseConnection>();
  const own = (connection: DatabaseConnection): DatabaseConnection => {
    if (known.has(connection)) return connection;
    known.add(connection);
    const execute = connection.executeQuery.bind(connection);
    const stream = connection.streamQuery.bind(connection);
    connection.executeQuery = (query, options) => translating(translate, () => execute(query, options));
    connection.streamQuery = async function* (query, chunkSize, options) {
      try {
        yield* stream(query, chunkSize, options);
      } catch (error) {
        throw translate(error);
      }
    };
    return connection;
  };
  return {
    init: (options) => driver.init(options),
    acquireConnection: (options) =>
      translating(translate, async () => own(await driver.acquireConnection(options)), true),
    // What these ask goes through the connection, and so is translated there.
    beginTransaction: (connection, settings) => driver.beginTransaction(connection, settings),
    commitTransaction: (connection) => driver.commitTransaction(connection),
    rollbackTransaction: (connection) => driver.rollbackTransaction(connection),
    releaseConnection: (connection, options) => driver.releaseConnection(connection, options),
    destroy: (options) => driver.destroy(options),
  };
}
