/** Early stopping by what a {@link io.dl4jext.fisher.FisherListener} measures. */
package io.dl4jext.fisher.earlystopping;
