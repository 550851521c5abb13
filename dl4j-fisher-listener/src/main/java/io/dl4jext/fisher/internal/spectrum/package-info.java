/**
 * Eigenvalues of a Gram matrix and what follows from them: singular values, numerical rank, condition number.
 *
 * <p>Takes a double matrix, gives plain numbers; knows nothing of networks.
 */
package io.dl4jext.fisher.internal.spectrum;
