/**
 * The mathematical heart of implicit backpropagation: for every element-wise activation, the one-dimensional proximal
 * problem that replaces σ'(q) in the parameter update (Fagan and Iyengar, "Robust implicit backpropagation", eq. 8).
 *
 * <p>{@link io.dl4jext.implicit.internal.prox.ProximalStep} takes arrays, scales each element to the normal form with
 * the two parameters c = q/(1+ημ) and p = ηNb/(1+ημ), and lets the activation's rule find the implied slope t; α =
 * b·t/(1+ημ). Works on arrays alone and knows nothing of layers or updaters.
 */
package io.dl4jext.implicit.internal.prox;
