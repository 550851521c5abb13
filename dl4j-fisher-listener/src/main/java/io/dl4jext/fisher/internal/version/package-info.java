/** Which versions of this library, DL4J, ND4J and Java are at work. */
package io.dl4jext.fisher.internal.version;
