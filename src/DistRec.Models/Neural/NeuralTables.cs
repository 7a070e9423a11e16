using DistRec.Numerics.Random;

namespace DistRec.Models.Neural;

/// <summary>Tables of <c>neumf-mf</c> and <c>mlp</c> as training begins with them, and the model that trained ones are.</summary>
public static class NeuralTables
{
    /// <summary>Draws rows of the items' tables: q_i from N(0, (scale/√k)²), and the layers' weights from N(0, 2/inputs), or N(0,
    /// 1/inputs) before a sum that is left as it is
    /// (He et al., ICCV 2015). All else begins at 0.</summary>
    /// <param name="options">The model's settings.</param>
    /// <param name="table">Receives the draws, [rows, <see cref="NeuralShape.Width"/>].</param>
    /// <param name="firstRow">Global index of the table's first row.</param>
    /// <param name="items">Items of the model: the rows from there on are those of layers.</param>
    public static void DrawItems(NeuralOptions options, FactorTable table, int firstRow, int items)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(table);
        NeuralShape shape = NeuralShape.Of(options);
        table.Values.Clear();
        InitialFactors.Draw(table, firstRow, options.InitialScale, options.Seed, RandomPurpose.ItemFactors, shape.Rank);
        for (int row = Math.Max(0, items - firstRow); row < table.Rows; row++)
        {
            DrawWeights(shape, options.Seed, firstRow + row - items, table.Row(row)[..shape.Rank]);
        }
    }

    /// <summary>The model that trained tables are. Embeddings are told from their means over the trained rows, which the first layer's
    /// biases take in: a row of zeros, which all is that a
    /// user or item without ratings has, then stands for the mean of its side.</summary>
    /// <param name="options">The model's settings.</param>
    /// <param name="trained">The model of the items' tables, rows of layers among them.</param>
    /// <returns>The model of items alone, with layers where it has some.</returns>
    public static FactorModel ToModel(NeuralOptions options, FactorModel trained)
    {
        ArgumentNullException.ThrowIfNull(trained);
        NeuralShape shape = NeuralShape.Of(options);
        int items = trained.ItemBiases.Length - shape.LayerRows;
        FactorTable users = trained.UserFactors!, itemFactors = Rows(trained.ItemFactors!, 0, items);
        float[] userBiases = [.. trained.UserBiases], itemBiases = trained.ItemBiases[..items];
        DenseLayers? layers = shape.Layers == 0 ? null : new DenseLayers(
            shape,
            Flat(Rows(trained.ItemFactors!, items, items + shape.WeightRows), shape.WeightCount),
            Flat(Rows(trained.ItemFactors!, items + shape.WeightRows, trained.ItemBiases.Length), shape.BiasCount));
        if (layers is not null)
        {
            users = Rows(users, 0, users.Rows);
            Center(layers, 0, users, userBiases);
            Center(layers, shape.Rank + 1, itemFactors, itemBiases);
        }

        return new FactorModel(trained.Kind, trained.GlobalMean, trained.Scale, userBiases, itemBiases, users, itemFactors)
        {
            Unit = trained.Unit,
            Layers = layers,
        };
    }

    private static void DrawWeights(NeuralShape shape, ulong seed, int row, Span<float> weights)
    {
        EntityRandom random = new(seed, RandomPurpose.LayerWeights, row);
        int number = row * shape.Rank;
        foreach (ref float weight in weights)
        {
            weight = (float)(random.NextGaussian() * DeviationOf(shape, number++));
        }
    }

    // 0 for biases, and for what fills the last row.
    private static double DeviationOf(NeuralShape shape, int number)
    {
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            int weights = shape.Sizes[layer] * shape.Sizes[layer + 1];
            if (number < weights)
            {
                return Math.Sqrt((shape.IsRectified && layer < shape.Layers - 1 ? 2.0 : 1.0) / shape.Sizes[layer]);
            }

            number -= weights;
        }

        return 0;
    }

    // A row that no rating moved still has the bias that all begin with.
    private static void Center(DenseLayers layers, int firstInput, FactorTable factors, float[] biases)
    {
        int[] trained = [.. Enumerable.Range(0, biases.Length).Where(row => biases[row] != 0)];
        for (int factor = 0; factor <= factors.Rank && trained.Length > 0; factor++)
        {
            int input = factor;
            float mean = (float)trained.Average(row => input < factors.Rank ? (double)factors.Row(row)[input] : biases[row]);
            for (int row = 0; row < biases.Length; row++)
            {
                (factor < factors.Rank ? ref factors.Row(row)[factor] : ref biases[row]) -= mean;
            }

            ReadOnlySpan<float> weights = layers.Weights[0].Row(firstInput + factor);
            Span<float> added = layers.Biases[0].Row(0);
            for (int output = 0; output < weights.Length; output++)
            {
                added[output] = MathF.FusedMultiplyAdd(mean, weights[output], added[output]);
            }
        }
    }

    private static FactorTable Rows(FactorTable table, int from, int to)
    {
        FactorTable rows = new(to - from, table.Rank);
        table.Values[(from * table.Stride)..(to * table.Stride)].CopyTo(rows.Values);
        return rows;
    }

    private static float[] Flat(FactorTable rows, int count) =>
        [.. Enumerable.Range(0, rows.Rows).SelectMany(row => rows.Row(row).ToArray()).Take(count)];
}
