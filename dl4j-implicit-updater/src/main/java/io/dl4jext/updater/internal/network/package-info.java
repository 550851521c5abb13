/** Internal: DL4J's two kinds of networks as one, for this module. Free to change. */
package io.dl4jext.updater.internal.network;
