/**
 * Eigenvalues of a Gram matrix and what follows from them: singular values, numerical and effective rank, condition
 * number, and where the mean gradient lies among the eigenvectors.
 *
 * <p>Takes a double matrix, gives plain numbers; knows nothing of networks.
 */
package io.dl4jext.fisher.internal.spectrum;
