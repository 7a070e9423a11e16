using DistRec.Models.Neural;
using DistRec.Numerics.Linear;
using DistRec.Numerics.Random;

namespace DistRec.Models.Tests.Neural;

public sealed class NeuralBatchTests
{
    private const int Users = 5;
    private const int Items = 4;

    public static TheoryData<NeuralForm, ActivationKind> Forms => new()
    {
        { NeuralForm.MatrixFactorization, ActivationKind.Relu },
        { NeuralForm.Perceptron, ActivationKind.Relu },
        { NeuralForm.Perceptron, ActivationKind.Linear },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Gradients_are_the_slopes_of_half_the_squared_errors(NeuralForm form, ActivationKind activation)
    {
        Case made = new(OptionsOf(form, activation));
        double squared = made.Add(made.Pairs);

        double loss = made.NaiveLoss();
        squared.ShouldBe(2 * loss, 1e-5 * loss);
        int width = made.Shape.GradientWidth;
        for (int user = 0; user < Users; user++)
        {
            for (int column = 0; column < width - 1; column++)
            {
                made.UserSums[(user * width) + column].ShouldBe(NaiveNetwork.SlopeOf(made.NaiveLoss, ref made.UserNumbers[user][column]), 1e-4, $"user {user}, {column}");
            }

            made.UserSums[(user * width) + width - 1].ShouldBe(made.Pairs.Count(pair => pair.User == user));
        }

        for (int item = 0; item < Items; item++)
        {
            for (int column = 0; column < width - 1; column++)
            {
                made.ItemSums[(item * width) + column].ShouldBe(NaiveNetwork.SlopeOf(made.NaiveLoss, ref made.ItemNumbers[item][column]), 1e-4, $"item {item}, {column}");
            }
        }

        if (made.Naive is not { } naive)
        {
            return;
        }

        double[] weights = new double[made.Shape.WeightCount], biases = new double[made.Shape.BiasCount];
        made.Batch.CopyLayerSums(weights, biases);
        int weight = 0, bias = 0;
        for (int layer = 0; layer < naive.Weights.Length; layer++)
        {
            foreach (double[] ofInput in naive.Weights[layer])
            {
                for (int output = 0; output < ofInput.Length; output++)
                {
                    weights[weight++].ShouldBe(NaiveNetwork.SlopeOf(made.NaiveLoss, ref ofInput[output]), 1e-4, $"layer {layer}");
                }
            }

            for (int output = 0; output < naive.Biases[layer].Length; output++)
            {
                biases[bias++].ShouldBe(NaiveNetwork.SlopeOf(made.NaiveLoss, ref naive.Biases[layer][output]), 1e-4, $"layer {layer}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Sums_over_parts_of_a_batch_in_any_order_have_the_bits_of_those_over_all_of_it(NeuralForm form, ActivationKind activation)
    {
        Case whole = new(OptionsOf(form, activation)), parts = new(OptionsOf(form, activation));
        whole.Add(whole.Pairs);
        double[] weights = new double[whole.Shape.WeightCount], biases = new double[whole.Shape.BiasCount];
        double[] weightParts = new double[weights.Length], biasParts = new double[biases.Length];
        double[] some = new double[weights.Length], others = new double[biases.Length];
        whole.Batch.CopyLayerSums(weights, biases);
        foreach (NeuralPair[] part in parts.Pairs.Reverse().Chunk(7))
        {
            parts.Add(part);
            parts.Batch.CopyLayerSums(some, others);
            ExactSum.Add(some, weightParts);
            ExactSum.Add(others, biasParts);
        }

        parts.UserSums.ShouldBe(whole.UserSums);
        parts.ItemSums.ShouldBe(whole.ItemSums);
        weightParts.ShouldBe(weights);
        biasParts.ShouldBe(biases);
        whole.ItemSums.ShouldContain(sum => sum != 0 && sum != Math.Round(sum));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(1e6f)]
    public void A_descent_that_diverged_is_told_by_its_error(float bias)
    {
        Case made = new(OptionsOf(NeuralForm.Perceptron, ActivationKind.Relu));
        made.Items.Biases[1] = bias;

        double.IsFinite(made.Add(made.Pairs)).ShouldBeFalse();
    }

    private static NeuralOptions OptionsOf(NeuralForm form, ActivationKind activation) =>
        NeuralOptions.For(form) with { Rank = 3, Layers = "18-5", Activation = activation };

    /// <summary>Tables that layers and users and items have been drawn for, in both forms, and more ratings than go through layers
    /// together.</summary>
    private sealed class Case
    {
        public Case(NeuralOptions options)
        {
            Shape = NeuralShape.Of(options);
            Batch = new NeuralBatch(Shape);
            UserSums = new double[Users * Shape.GradientWidth];
            ItemSums = new double[NeuralBatchTests.Items * Shape.GradientWidth];
            EntityRandom random = new(1, RandomPurpose.SyntheticUser, 0);
            UserNumbers = Draw(Users, Shape.Rank + 1, ref random);
            ItemNumbers = Draw(NeuralBatchTests.Items, Shape.Rank + 1, ref random);
            foreach ((FactorSide side, double[][] numbers) in new[] { (UserSide, UserNumbers), (Items, ItemNumbers) })
            {
                for (int row = 0; row < numbers.Length; row++)
                {
                    for (int factor = 0; factor < Shape.Rank; factor++)
                    {
                        side.Factors.Row(row)[factor] = (float)numbers[row][factor];
                    }

                    side.Biases[row] = (float)numbers[row][^1];
                }
            }

            if (Shape.Layers > 0)
            {
                double[][][] weights = new double[Shape.Layers][][];
                double[][] biases = new double[Shape.Layers][];
                for (int layer = 0; layer < Shape.Layers; layer++)
                {
                    weights[layer] = Draw(Shape.Sizes[layer], Shape.Sizes[layer + 1], ref random);
                    biases[layer] = Draw(1, Shape.Sizes[layer + 1], ref random)[0];
                }

                Naive = new NaiveNetwork(weights, biases, Shape.IsRectified);
                Layers = new DenseLayers(
                    Shape, [.. weights.SelectMany(layer => layer).SelectMany(row => row).Select(value => (float)value)], [.. biases.SelectMany(row => row).Select(value => (float)value)]);
            }

            Pairs = new NeuralPair[150];
            for (int index = 0; index < Pairs.Length; index++)
            {
                Pairs[index] = new NeuralPair(random.NextInt(Users), random.NextInt(NeuralBatchTests.Items), (float)random.NextGaussian());
            }
        }

        public NeuralShape Shape { get; }

        public NeuralBatch Batch { get; }

        public DenseLayers? Layers { get; }

        public NaiveNetwork? Naive { get; }

        public NeuralPair[] Pairs { get; }

        public double[][] UserNumbers { get; }

        public double[][] ItemNumbers { get; }

        public double[] UserSums { get; }

        public double[] ItemSums { get; }

        public FactorSide Items { get; } = FactorSide.Zeros(NeuralBatchTests.Items, 3);

        private FactorSide UserSide { get; } = FactorSide.Zeros(Users, 3);

        public double Add(NeuralPair[] pairs) =>
            Batch.Add(Layers, pairs, (UserSide.Factors, UserSide.Biases), (Items.Factors, Items.Biases), UserSums, ItemSums);

        public double NaiveLoss() => Pairs.Sum(pair =>
        {
            double[] user = UserNumbers[pair.User], item = ItemNumbers[pair.Item];
            double score = Naive?.Predict([.. user, .. item]) ?? user[^1] + item[^1] + user[..^1].Zip(item, (p, q) => p * q).Sum();
            return (score - pair.Target) * (score - pair.Target) / 2;
        });

        // Numbers that float32 has exactly, so that both forms are the same ones.
        private static double[][] Draw(int rows, int columns, ref EntityRandom random)
        {
            double[][] drawn = new double[rows][];
            for (int row = 0; row < rows; row++)
            {
                drawn[row] = new double[columns];
                foreach (ref double number in drawn[row].AsSpan())
                {
                    number = (float)(0.5 * random.NextGaussian());
                }
            }

            return drawn;
        }
    }
}
