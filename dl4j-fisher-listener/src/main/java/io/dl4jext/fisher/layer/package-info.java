/**
 * For authors of DL4J layers: how a layer of their own is measured without replay. Nothing else of this module need be
 * known to such a layer, and it works as ever where this module is not on the class path: see
 * {@link io.dl4jext.fisher.layer.OuterProductLayers}.
 */
package io.dl4jext.fisher.layer;
