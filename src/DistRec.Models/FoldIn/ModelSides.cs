namespace DistRec.Models.FoldIn;

/// <summary>A model as a fit sees it: the side that rows are found for, and the other one, which is fixed.</summary>
internal sealed class ModelSides
{
    /// <param name="model">The model.</param>
    /// <param name="side">The side that rows are found for.</param>
    /// <param name="counts">Tells rows with training ratings from others, where known.</param>
    /// <param name="own">What stands in the place of the side's biases and factors; null for themselves.</param>
    public ModelSides(FactorModel model, Side side, InteractionCounts? counts = null, (float[] Biases, FactorTable? Factors)? own = null)
    {
        Model = model;
        Side = side;
        bool isUser = side == Side.User;
        (OwnBiases, OwnFactors) = own ?? (isUser ? (model.UserBiases, model.UserFactors) : (model.ItemBiases, model.ItemFactors));
        OwnVariances = isUser ? model.Spread?.UserVariances : model.Spread?.ItemVariances;
        OwnCounts = isUser ? counts?.Users : counts?.Items;
        OtherCounts = isUser ? counts?.Items : counts?.Users;
        float[] biases = isUser ? model.ItemBiases : model.UserBiases;
        Other = new PartitionedFactors([0, biases.Length], [(isUser ? model.ItemFactors : model.UserFactors) ?? new FactorTable(biases.Length, 0)], [biases]);
    }

    /// <summary>The model.</summary>
    public FactorModel Model { get; }

    /// <summary>The side that rows are found for.</summary>
    public Side Side { get; }

    /// <summary>Biases of that side's rows.</summary>
    public float[] OwnBiases { get; }

    /// <summary>Their factors, [rows, rank]; null for a model without.</summary>
    public FactorTable? OwnFactors { get; }

    /// <summary>Variances of their factors, [rows, rank]; null for a model that is not sampled.</summary>
    public FactorTable? OwnVariances { get; }

    /// <summary>How many training ratings they have, where known.</summary>
    public int[]? OwnCounts { get; }

    /// <summary>How many training ratings the fixed rows have, where known.</summary>
    public int[]? OtherCounts { get; }

    /// <summary>The fixed side.</summary>
    public PartitionedFactors Other { get; }
}
