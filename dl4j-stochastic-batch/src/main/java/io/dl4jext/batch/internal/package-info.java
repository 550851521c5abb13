/** Not for users: may change at any time. */
package io.dl4jext.batch.internal;
