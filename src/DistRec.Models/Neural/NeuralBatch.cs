namespace DistRec.Models.Neural;

/// <summary>
/// Errors and gradients of ½e² over ratings of a mini-batch, summed exactly (<see cref="ExactSum"/>): added up over workers, in
/// whatever order, they have the same bits as those of one
/// worker with all ratings. Not thread-safe.
/// </summary>
public sealed class NeuralBatch
{
    // Ratings that go through the layers together.
    private const int TileRows = 64;

    // An error of a thousand standard deviations is none of a descent that goes on.
    private const float LargestError = 1000;

    private readonly NeuralShape _shape;
    private readonly DenseScratch? _scratch;
    private readonly FactorTable[] _transposed;
    private readonly double[][] _weightSums;
    private readonly double[][] _biasSums;
    private readonly double[] _wide;

    /// <param name="shape">The model's shape.</param>
    public NeuralBatch(NeuralShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        _shape = shape;
        _scratch = shape.Layers == 0 ? null : new DenseScratch(shape, TileRows);
        _transposed = [.. Enumerable.Range(0, shape.Layers).Select(layer => new FactorTable(shape.Sizes[layer + 1], shape.Sizes[layer]))];
        _weightSums =
        [
            .. Enumerable.Range(0, shape.Layers)
                .Select(layer => new double[shape.Sizes[layer] * FactorTable.StrideOf(shape.Sizes[layer + 1])]),
        ];
        _biasSums = [.. Enumerable.Range(0, shape.Layers).Select(layer => new double[shape.Sizes[layer + 1]])];
        _wide = shape.Layers == 0 ? [] : new double[TileRows * shape.Sizes.Skip(1).Max(FactorTable.StrideOf)];
    }

    /// <summary>Goes over ratings and adds up gradients.</summary>
    /// <param name="layers">The layers; null for a model without.</param>
    /// <param name="pairs">User's row, item's row and target of each rating.</param>
    /// <param name="users">p_u first in each row, and b_u.</param>
    /// <param name="items">q_i first in each row, and b_i.</param>
    /// <param name="userSums">Gradients of users' rows, <see cref="NeuralShape.GradientWidth"/> numbers each, to add to.</param>
    /// <param name="itemSums">Likewise those of items' rows.</param>
    /// <returns>Σ e² before the step; not finite where the descent diverged.</returns>
    public double Add(
        DenseLayers? layers,
        ReadOnlySpan<NeuralPair> pairs,
        (FactorTable Factors, float[] Biases) users,
        (FactorTable Factors, float[] Biases) items,
        Span<double> userSums,
        Span<double> itemSums)
    {
        if (layers is null)
        {
            return AddProducts(pairs, users, items, userSums, itemSums);
        }

        Begin(layers);
        double squared = 0;
        for (int from = 0; from < pairs.Length; from += TileRows)
        {
            squared += AddTile(layers, pairs.Slice(from, Math.Min(TileRows, pairs.Length - from)), users, items, userSums, itemSums);
        }

        return squared;
    }

    /// <summary>The gradients of the layers that the last <see cref="Add"/> came to.</summary>
    /// <param name="weights">Receives those of weights, in the order of <see cref="DenseLayers.Set"/>.</param>
    /// <param name="biases">Receives those of biases, likewise.</param>
    public void CopyLayerSums(Span<double> weights, Span<double> biases)
    {
        for (int layer = 0; layer < _shape.Layers; layer++)
        {
            int outputs = _shape.Sizes[layer + 1], stride = FactorTable.StrideOf(outputs);
            for (int input = 0; input < _shape.Sizes[layer]; input++)
            {
                _weightSums[layer].AsSpan(input * stride, outputs).CopyTo(weights);
                weights = weights[outputs..];
            }

            _biasSums[layer].CopyTo(biases);
            biases = biases[outputs..];
        }
    }

    private void Begin(DenseLayers layers)
    {
        for (int layer = 0; layer < _shape.Layers; layer++)
        {
            Array.Clear(_weightSums[layer]);
            Array.Clear(_biasSums[layer]);
            FactorTable weights = layers.Weights[layer];
            for (int input = 0; input < weights.Rows; input++)
            {
                ReadOnlySpan<float> row = weights.Row(input);
                for (int output = 0; output < row.Length; output++)
                {
                    _transposed[layer].Row(output)[input] = row[output];
                }
            }
        }
    }

    private double AddTile(
        DenseLayers layers,
        ReadOnlySpan<NeuralPair> pairs,
        (FactorTable Factors, float[] Biases) users,
        (FactorTable Factors, float[] Biases) items,
        Span<double> userSums,
        Span<double> itemSums)
    {
        DenseScratch scratch = _scratch!;
        int rank = _shape.Rank;
        for (int row = 0; row < pairs.Length; row++)
        {
            (int user, int item, _) = pairs[row];
            scratch.Put(row, users.Biases[user], users.Factors.Row(user)[..rank], items.Biases[item], items.Factors.Row(item)[..rank]);
        }

        layers.Forward(scratch, pairs.Length);
        double squared = 0;
        for (int row = 0; row < pairs.Length; row++)
        {
            float error = scratch.Outputs.Row(row)[0] - pairs[row].Target;
            squared += SquareOf(error);
            scratch.Changes[^1].Row(row)[0] = error;
        }

        for (int layer = _shape.Layers - 1; layer >= 0; layer--)
        {
            FactorTable above = scratch.Changes[layer + 1];
            LayerProducts.AddOuter(scratch.Values[layer], above, pairs.Length, _weightSums[layer], _wide);
            for (int row = 0; row < pairs.Length; row++)
            {
                ExactSum.AddScaled(1, above.Row(row), _biasSums[layer]);
            }

            LayerProducts.Multiply(above, pairs.Length, _transposed[layer], null, scratch.Changes[layer]);
            scratch.Mask(layer, pairs.Length, _shape.IsRectified);
        }

        for (int row = 0; row < pairs.Length; row++)
        {
            ReadOnlySpan<float> changes = scratch.Changes[0].Row(row);
            AddRow(1, changes[..(rank + 1)], SumsOf(userSums, pairs[row].User));
            AddRow(1, changes[(rank + 1)..], SumsOf(itemSums, pairs[row].Item));
        }

        return squared;
    }

    private double AddProducts(
        ReadOnlySpan<NeuralPair> pairs,
        (FactorTable Factors, float[] Biases) users,
        (FactorTable Factors, float[] Biases) items,
        Span<double> userSums,
        Span<double> itemSums)
    {
        int rank = _shape.Rank;
        double squared = 0;
        foreach ((int user, int item, float target) in pairs)
        {
            ReadOnlySpan<float> p = users.Factors.Row(user)[..rank], q = items.Factors.Row(item)[..rank];
            float error = FactorSum.Of(users.Biases[user], items.Biases[item], p, q) - target;
            squared += SquareOf(error);
            Span<double> ofUser = SumsOf(userSums, user), ofItem = SumsOf(itemSums, item);
            AddRow(error, q, ofUser);
            AddRow(error, p, ofItem);
            ofUser[rank] += ExactSum.Term(error);
            ofItem[rank] += ExactSum.Term(error);
        }

        return squared;
    }

    private Span<double> SumsOf(Span<double> sums, int row) => sums.Slice(row * _shape.GradientWidth, _shape.GradientWidth);

    private static void AddRow(float scale, ReadOnlySpan<float> values, Span<double> sums)
    {
        ExactSum.AddScaled(scale, values, sums);
        sums[^1]++;
    }

    private static double SquareOf(float error) => Math.Abs(error) <= LargestError ? ExactSum.Product(error, error) : double.NaN;
}

/// <summary>A rating of a mini-batch.</summary>
/// <param name="User">Row of its user.</param>
/// <param name="Item">Row of its item.</param>
/// <param name="Target">The rating as <see cref="RatingUnits.TargetOf"/> says.</param>
public readonly record struct NeuralPair(int User, int Item, float Target);
