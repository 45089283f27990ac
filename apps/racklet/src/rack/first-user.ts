/** Who may log in to a new rack: upstream's names, so that existing scripts work. */
export const SILO = "test-suite-silo";
export const USER = "test-privileged";
