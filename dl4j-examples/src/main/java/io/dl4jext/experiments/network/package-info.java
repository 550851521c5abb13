/**
 * The networks of the experiments, as DL4J configurations: {@link io.dl4jext.experiments.network.Mlp}, {@link
 * io.dl4jext.experiments.network.LeNet} and {@link io.dl4jext.experiments.network.Vgg} (multi-layer networks) and
 * {@link io.dl4jext.experiments.network.ResNet8} (a computation graph). {@link
 * io.dl4jext.experiments.network.Architecture} names them and builds one, ready to train, for a shape of image, a
 * number of classes, an updater and a seed. Weights start as He et al. propose. A {@link
 * io.dl4jext.experiments.network.Workload} is a network, of images or of text, with data to time its steps on.
 */
package io.dl4jext.experiments.network;
