using DistRec.Numerics.Linear;

namespace DistRec.Cli.Queries;

/// <summary>What a table of a model looks like.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Norm">Frobenius norm.</param>
/// <param name="Largest">Largest magnitude.</param>
/// <param name="ZeroRows">Rows of zeros: users or items that training never touched.</param>
internal sealed record TableShape(string Name, IReadOnlyList<long> Shape, double Norm, double Largest, int ZeroRows)
{
    private delegate ReadOnlySpan<float> RowOf(int row);

    /// <summary>All tables of a model.</summary>
    public static IReadOnlyList<TableShape> Of(FactorModel model)
    {
        List<TableShape> shapes = [OfVector("user biases", model.UserBiases), OfVector("item biases", model.ItemBiases)];
        if (model.UserFactors is { } users && model.ItemFactors is { } items)
        {
            shapes.Add(OfTable("user factors", users));
            shapes.Add(OfTable("item factors", items));
        }

        if (model.Feedback?.Explicit is { } ofRated)
        {
            shapes.Add(OfTable("explicit item factors", ofRated));
        }

        if (model.Feedback?.Implicit is { } ofAny)
        {
            shapes.Add(OfTable("implicit item factors", ofAny));
        }

        for (int layer = 0; layer < (model.Layers?.Weights.Length ?? 0); layer++)
        {
            shapes.Add(OfTable($"weights of layer {layer + 1}", model.Layers!.Weights[layer]));
            shapes.Add(OfVector($"biases of layer {layer + 1}", model.Layers.Biases[layer].Row(0).ToArray()));
        }

        if (model.Machine is { } machine)
        {
            shapes.Add(OfVector("feature weights", machine.Parameters.Weights));
            if (machine.Shape.Width > 0)
            {
                shapes.Add(OfTable("feature factors", machine.Parameters.Factors));
            }
        }

        if (model.Spread is { } spread)
        {
            shapes.Add(OfTable("user variances", spread.UserVariances));
            shapes.Add(OfTable("item variances", spread.ItemVariances));
        }

        return shapes;
    }

    /// <summary>All tables of a file, which must be of finite float32 values.</summary>
    public static IReadOnlyList<TableShape> Of(SafeTensorsReader reader) =>
        [.. reader.Tensors.Select(tensor => tensor.Shape.Count == 2
            ? OfTable(tensor.Name, reader.ReadTable(tensor.Name))
            : OfVector(tensor.Name, reader.ReadSingles(tensor.Name, [.. tensor.Shape])))];

    private static TableShape OfVector(string name, float[] values) =>
        Measure(name, [values.Length], values.Length, row => values.AsSpan(row, 1));

    private static TableShape OfTable(string name, FactorTable table) =>
        Measure(name, [table.Rows, table.Rank], table.Rows, row => table.Row(row));

    private static TableShape Measure(string name, IReadOnlyList<long> shape, int rows, RowOf rowOf)
    {
        double squares = 0;
        double largest = 0;
        int zeroRows = 0;
        for (int row = 0; row < rows; row++)
        {
            double rowSquares = 0;
            foreach (float value in rowOf(row))
            {
                rowSquares += (double)value * value;
                largest = Math.Max(largest, Math.Abs(value));
            }

            squares += rowSquares;
            zeroRows += rowSquares == 0 ? 1 : 0;
        }

        return new TableShape(name, shape, Math.Sqrt(squares), largest, zeroRows);
    }
}
