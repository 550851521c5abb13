/** Lines of text files that anybody may have written. */
package io.dl4jext.fisher.internal.text;
