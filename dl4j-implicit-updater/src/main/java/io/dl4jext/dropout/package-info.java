/**
 * Dropout that leaves out more the deeper the layer.
 */
package io.dl4jext.dropout;
