using DistRec.Models.Neural;
using DistRec.Models.Settings;

namespace DistRec.Models.Persistence;

/// <summary>Dense layers among the tables of a model.</summary>
internal static class LayersFile
{
    /// <summary>Reads them; null for a model without.</summary>
    /// <param name="reader">The file's tables.</param>
    /// <param name="about">What the model is; its settings say how wide layers are.</param>
    /// <exception cref="InputException">A table is missing, or of another shape.</exception>
    public static DenseLayers? Read(SafeTensorsReader reader, ModelDescription about)
    {
        if (ModelCatalogue.Find(about.Kind)?.Read(about.Options, about.Rank) is not NeuralOptions { Form: NeuralForm.Perceptron } options)
        {
            return null;
        }

        NeuralShape shape = NeuralShape.Of(options);
        List<float> weights = [], biases = [];
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            weights.AddRange(reader.ReadSingles(TableNames.LayerWeights(layer), shape.Sizes[layer], shape.Sizes[layer + 1]));
            biases.AddRange(reader.ReadSingles(TableNames.LayerBiases(layer), 1, shape.Sizes[layer + 1]));
        }

        return new DenseLayers(shape, weights.ToArray(), biases.ToArray());
    }
}
