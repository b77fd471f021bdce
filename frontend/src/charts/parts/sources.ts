/** The papers that the cards refer to. */
export const JACOT = { text: "Jacot, Gabriel & Hongler 2018, Neural tangent kernel", href: "https://arxiv.org/abs/1806.07572" };
export const LEE = { text: "Lee et al. 2019, Wide neural networks evolve as linear models", href: "https://arxiv.org/abs/1902.06720" };
export const RAHAMAN = { text: "Rahaman et al. 2019, On the spectral bias of neural networks", href: "https://arxiv.org/abs/1806.08734" };
export const TANCIK = { text: "Tancik et al. 2020, Fourier features let networks learn high frequency functions", href: "https://arxiv.org/abs/2006.10739" };
export const BASRI = { text: "Basri et al. 2019, Convergence rate for different frequencies", href: "https://arxiv.org/abs/1906.00425" };
export const COHEN = { text: "Cohen et al. 2021, Edge of stability", href: "https://arxiv.org/abs/2103.00065" };
export const HUANG = { text: "Huang & Yau 2019, Dynamics of deep networks and the NTK hierarchy", href: "https://arxiv.org/abs/1909.08156" };
export const CANATAR = { text: "Canatar, Bordelon & Pehlevan 2021, Spectral bias and task-model alignment", href: "https://arxiv.org/abs/2006.13198" };
export const FORT = { text: "Fort et al. 2020, Deep learning versus kernel learning", href: "https://arxiv.org/abs/2010.15110" };
export const BARATIN = { text: "Baratin et al. 2021, Implicit regularization via neural feature alignment", href: "https://arxiv.org/abs/2008.00938" };
export const LEWKOWYCZ = { text: "Lewkowycz et al. 2020, The catapult mechanism", href: "https://arxiv.org/abs/2003.02218" };
export const CHIZAT = { text: "Chizat, Oyallon & Bach 2019, On lazy training", href: "https://arxiv.org/abs/1812.07956" };
export const MEI = { text: "Mei, Montanari & Nguyen 2018, A mean field view of two-layer networks", href: "https://arxiv.org/abs/1804.06561" };
export const YANG = { text: "Yang & Hu 2021, Feature learning in infinite-width networks", href: "https://arxiv.org/abs/2011.14522" };
