using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DistRec.Numerics.Vectors;

namespace DistRec.Models.FactorizationMachine;

/// <summary>
/// For users and items a factorization machine is a factor model. A^m(u ∪ i) = Σ_a A^a(u) A^(m−a)(i), so with the features of a user (and of
/// the user's present contexts) and those of an item told apart, ŷ = w₀ + b_u + b_i + p_uᵀq_i exactly, in the units of training: b holds Σ_j w_j x_j and A^m of one side alone, and
/// order m gives p_u the columns A^1(u), …, A^(m−1)(u) and q_i the columns A^(m−1)(i), …, A^1(i). For order 2 these are Σ_j v_j x_j of the
/// two sides.
/// </summary>
public static unsafe class FmCollapse
{
    private const int Lanes = FactorTable.Lanes;

    /// <summary>Makes the factor model.</summary>
    /// <param name="kind">Name of the model as typed.</param>
    /// <param name="machine">The trained machine.</param>
    /// <param name="features">The blocks that it was trained with. Users and items are as many as their blocks have rows, none where there is no block; features
    /// of single rows belong to neither.</param>
    /// <param name="scale">Range of targets; 0 to 1 takes its place where answers are probabilities.</param>
    public static FactorModel ToModel(string kind, FmMachine machine, FeatureData features, RatingScale scale)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(features);
        (float[] userBiases, FactorTable? userFactors) = SideOf(machine, features, RelationEntity.User);
        (float[] itemBiases, FactorTable? itemFactors) = SideOf(machine, features, RelationEntity.Item);
        RatingScale range = machine.Link is FmLink.Logistic or FmLink.Probit ? new RatingScale(0, 1) : scale;
        float mean = (float)machine.Units.RatingOf(machine.Parameters.Weights[machine.Parameters.Features]);
        return new FactorModel(kind, mean, range, userBiases, itemBiases, userFactors, itemFactors) { Machine = machine, Unit = machine.Units.Unit };
    }

    /// <summary>The row of a user or an item by its features: what stands for it in the model that <see cref="ToModel"/> makes.</summary>
    /// <param name="machine">The trained machine.</param>
    /// <param name="side">Whose features they are.</param>
    /// <param name="features">Their indices.</param>
    /// <param name="values">Their values x.</param>
    public static (float Bias, float[] Factors) RowOf(FmMachine machine, Side side, int[] features, float[] values)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(values);
        int columns = ColumnsOf(machine.Shape);
        float[] factors = new float[columns];
        float bias = Describe(machine, side == Side.User ? RelationEntity.User : RelationEntity.Item, features, values, factors);
        GC.KeepAlive(machine);
        return (bias, factors);
    }

    private static int ColumnsOf(FmShape shape) => shape.Rank * shape.Order * (shape.Order - 1) / 2;

    private static (float[] Biases, FactorTable? Factors) SideOf(FmMachine machine, FeatureData features, RelationEntity side)
    {
        int count = CountOf(features, side);
        int columns = ColumnsOf(machine.Shape);
        float[] biases = new float[count];
        FactorTable? factors = columns == 0 ? null : new FactorTable(count, columns);
        Parallel.For(0, count, entity =>
        {
            (int[] indices, float[] x) = FeaturesOf(features, side, entity);
            biases[entity] = Describe(machine, side, indices, x, factors is null ? [] : factors.Row(entity));
        });
        GC.KeepAlive(machine);
        return (biases, factors);
    }

    private static int CountOf(FeatureData features, RelationEntity side)
    {
        int[] counts = [.. features.Train.Blocks.Where(block => block.Entity == side).Select(block => block.Rows.RowCount)];
        if (counts.Length == 0 && side == RelationEntity.User)
        {
            counts = [.. features.Present.OfType<int[]>().Select(present => present.Length)];
        }

        return counts.Length == 0 ? 0 : counts.Max();
    }

    private static (int[] Indices, float[] Values) FeaturesOf(FeatureData features, RelationEntity side, int entity)
    {
        List<int> indices = [];
        List<float> values = [];
        for (int index = 0; index < features.Train.Blocks.Count; index++)
        {
            RelationBlock block = features.Train.Blocks[index];
            int row = block.Entity == side ? entity
                : block.Entity == RelationEntity.Context && side == RelationEntity.User && index < features.Present.Count ? features.Present[index]?[entity] ?? -1
                : -1;
            if (row >= 0 && row < block.Rows.RowCount)
            {
                indices.AddRange(block.Rows.RowColumns(row));
                values.AddRange(block.Rows.RowValues(row));
            }
        }

        return ([.. indices], [.. values]);
    }

    // Fills the columns of one entity and returns its bias.
    [SkipLocalsInit]
    private static float Describe(FmMachine machine, RelationEntity side, int[] indices, float[] x, Span<float> factors)
    {
        FmShape shape = machine.Shape;
        float* kernels = stackalloc float[((shape.Order + 1) * Lanes) + Lanes];
        kernels = (float*)(((nint)kernels + 63) & ~63);
        double bias = 0;
        for (int j = 0; j < indices.Length; j++)
        {
            bias += (double)machine.Parameters.Weights[indices[j]] * x[j];
        }

        int column = 0;
        for (int order = 2; order <= shape.Order; order++)
        {
            for (int lane = 0; lane < shape.Stride; lane += Lanes)
            {
                AnovaPolynomial.Start(kernels, order);
                for (int j = 0; j < indices.Length; j++)
                {
                    float* row = machine.Parameters.Factors.Pointer + ((long)indices[j] * machine.Parameters.Factors.Stride);
                    AnovaPolynomial.Extend(kernels, order, Vector512.Create(x[j]) * Vector512.Load(row + shape.StartOf(order) + lane));
                }

                bias += Lanes16.Sum(Vector512.Load(kernels + (order * Lanes)));
                for (int degree = 1; degree < order; degree++)
                {
                    // Degree a of a user meets degree m − a of an item.
                    int place = column + (((side == RelationEntity.User ? degree : order - degree) - 1) * shape.Rank) + lane;
                    for (int f = 0; f < Math.Min(Lanes, shape.Rank - lane); f++)
                    {
                        factors[place + f] = kernels[(degree * Lanes) + f];
                    }
                }
            }

            column += (order - 1) * shape.Rank;
        }

        return (float)bias;
    }
}
