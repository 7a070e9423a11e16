namespace DistRec.Models.Neural;

/// <summary>What is made of a user's and an item's embedding.</summary>
public enum NeuralForm
{
    /// <summary><c>neumf-mf</c>: b_u + b_i + q_iᵀp_u ([He17], the matrix factorization of section 3.1).</summary>
    MatrixFactorization,

    /// <summary><c>mlp</c>: dense layers over [p_u; b_u; q_i; b_i] ([He17], section 3.3).</summary>
    Perceptron,
}

/// <summary>How a step follows from a gradient.</summary>
public enum OptimizerKind
{
    /// <summary>Adam (Kingma, Ba, ICLR 2015), for each row by the steps that it took part in.</summary>
    Adam,

    /// <summary>The gradient times the rate.</summary>
    Sgd,
}

/// <summary>What a layer makes of its sums; the last layer leaves them as they are.</summary>
public enum ActivationKind
{
    /// <summary>max(0, x).</summary>
    Relu,

    /// <summary>x.</summary>
    Linear,
}
