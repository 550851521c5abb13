/** Accelerated SGD of Kidambi, Netrapalli, Jain and Kakade (2018). */
package io.dl4jext.acceleratedsgd;
