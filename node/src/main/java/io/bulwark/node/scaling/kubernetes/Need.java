package io.bulwark.node.scaling.kubernetes;

/**
 * What a question needs, in the words of a Role, so that a refusal can say what has to be granted.
 *
 * @param group the API group; empty: the core group
 * @param resource with the subresource, such as {@code deployments/scale}
 * @param namespace where
 * @param object what it is about, for sentences
 */
record Need(String verb, String group, String resource, String namespace, String object) {
    /** For sentences: {@code 'get' on 'deployments/scale' of the API group 'apps' in the namespace 'shop'}. */
    @Override
    public String toString() {
        return "'" + verb + "' on '" + resource + "' of the API group '" + group + "' in the namespace '" + namespace
                + "'";
    }
}
