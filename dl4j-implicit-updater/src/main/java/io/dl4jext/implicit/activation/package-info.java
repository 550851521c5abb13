/**
 * Activations of the implicit backpropagation paper that ND4J lacks: arctan and smoothstep, as ordinary {@link
 * org.nd4j.linalg.activations.IActivation}s for any layer. They work in place on the pre-activations, as ND4J's own do,
 * and are saved with a network's configuration by their class name; a program that loads such a network needs this
 * module.
 */
package io.dl4jext.implicit.activation;
