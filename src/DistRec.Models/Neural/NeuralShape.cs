using System.Globalization;

namespace DistRec.Models.Neural;

/// <summary>
/// Where the parts of <c>neumf-mf</c> and <c>mlp</c> lie in tables. A row of a user or item has its factors first, then what Adam keeps
/// of it: the means of its gradients, those of their
/// squares, and what both means are short of for having begun at 0. The weights of the layers are rows more of the items' tables, k in
/// each: layer after layer, [inputs, outputs],
/// and then, beginning with a row of their own, the layers' biases.
/// </summary>
public sealed class NeuralShape
{
    /// <summary>Most hidden layers.</summary>
    public const int MaximumLayers = 8;

    /// <summary>Most outputs of a hidden layer.</summary>
    public const int MaximumLayerWidth = 8192;

    /// <summary>Most weights of all layers.</summary>
    public const long MaximumWeights = 1 << 26;

    private NeuralShape(NeuralOptions options)
    {
        Rank = options.Rank;
        Width = WidthOf(options.Rank, options.Optimizer);
        IsRectified = options.Activation == ActivationKind.Relu;
        if (options.Form == NeuralForm.Perceptron)
        {
            Sizes = TryReadLayers(options.Layers, out int[] hidden)
                ? [2 * (Rank + 1), .. hidden, 1]
                : throw new ArgumentException($"expected widths of layers, found \"{options.Layers}\"", nameof(options));
            WeightCount = (int)WeightsOf(Rank, hidden);
            BiasCount = Sizes.Skip(1).Sum();
        }
    }

    /// <summary>Number of factors, k.</summary>
    public int Rank { get; }

    /// <summary>Columns of a training table.</summary>
    public int Width { get; }

    /// <summary>Inputs of the first layer and outputs of each one; empty for a model without layers.</summary>
    public IReadOnlyList<int> Sizes { get; } = [];

    /// <summary>Whether hidden layers put 0 for what is below it.</summary>
    public bool IsRectified { get; }

    /// <summary>Layers, the last one among them; 0 for a model without.</summary>
    public int Layers => Math.Max(0, Sizes.Count - 1);

    /// <summary>Weights of all layers.</summary>
    public int WeightCount { get; }

    /// <summary>Biases of all layers.</summary>
    public int BiasCount { get; }

    /// <summary>Rows that weights take.</summary>
    public int WeightRows => RowsFor(WeightCount);

    /// <summary>Rows of the items' tables that are none of an item.</summary>
    public int LayerRows => WeightRows + RowsFor(BiasCount);

    /// <summary>Numbers in a row's gradient: its factors', its bias's, and how many ratings it is the sum over.</summary>
    public int GradientWidth => Rank + 2;

    /// <summary>The shape of a model.</summary>
    public static NeuralShape Of(NeuralOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new NeuralShape(options);
    }

    /// <summary>Columns of a training table: the factors, and with Adam two means for each and for the bias, and two numbers
    /// more.</summary>
    public static int WidthOf(int rank, OptimizerKind optimizer) => optimizer == OptimizerKind.Adam ? rank + (2 * (rank + 1)) + 2 : rank;

    /// <summary>Weights of layers over two embeddings with their biases.</summary>
    public static long WeightsOf(int rank, IReadOnlyList<int> hidden)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        long weights = 0, inputs = 2 * (rank + 1);
        foreach (int outputs in hidden.Append(1))
        {
            weights += inputs * outputs;
            inputs = outputs;
        }

        return weights;
    }

    /// <summary>Reads widths of hidden layers, joined by dashes or commas.</summary>
    /// <returns>Whether they are such.</returns>
    public static bool TryReadLayers(string text, out int[] widths)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split('-', ',');
        widths = [.. parts.Select(WidthOf)];
        return widths.Length <= MaximumLayers && widths.All(width => width > 0);
    }

    // 0 for what is none.
    private static int WidthOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int width) && width <= MaximumLayerWidth ? width : 0;

    private int RowsFor(int numbers) => (numbers + Rank - 1) / Rank;
}
