using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace DistRec.Serving.Api;

/// <summary>The API's description, OpenAPI 3.1, at <c>/openapi/v1.json</c>.</summary>
internal static class ApiDocument
{
    /// <summary>Says what is the same for all operations: who the server is, and how it refuses.</summary>
    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "DistRec",
                Version = "v1",
                Description = "Recommendations, predictions and what explains them, by models that DistRec has trained. Whatever is refused is answered by a "
                    + "problem (RFC 9457) that says what was expected, what was found and what to do.",
            };

            // Wherever it is served from.
            document.Servers = [];
            foreach (OpenApiOperation operation in document.Paths.Values.SelectMany(path => path.Operations ?? []).Select(operation => operation.Value))
            {
                operation.Responses ??= [];
                operation.Responses.TryAdd("4XX", new OpenApiResponse
                {
                    Description = "The request has to change before it can be answered",
                    Content = new Dictionary<string, OpenApiMediaType>
                    {
                        ["application/problem+json"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object } },
                    },
                });
            }

            return Task.CompletedTask;
        });

        // One rating or a list of them.
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type == typeof(RatingsRequest))
            {
                schema.Description = "One rating, or a list of them";
                IOpenApiSchema one = new OpenApiSchemaReference(nameof(RatingRequest), context.Document);
                schema.AnyOf = [one, new OpenApiSchema { Type = JsonSchemaType.Array, Items = one, MinItems = 1, MaxItems = 10_000 }];
            }

            return Task.CompletedTask;
        });
    }
}
