/** Internal: settings read from JSON as strictly as builders take them. Free to change. */
package io.dl4jext.updater.internal.json;
