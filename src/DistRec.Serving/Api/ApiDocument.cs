using DistRec.Serving.Keys;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace DistRec.Serving.Api;

/// <summary>The API's description, OpenAPI 3.1, at <c>/openapi/v1.json</c>.</summary>
internal static class ApiDocument
{
    private const string KeyScheme = "apiKey";

    /// <summary>Says what is the same for all operations: who the server is, what it asks of callers, and how it refuses.</summary>
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
            document.Components ??= new OpenApiComponents();
            document.Components.Responses = new Dictionary<string, IOpenApiResponse>
            {
                ["Unauthorized"] = Problem("No key was shown, or one that is worth nothing"),
                ["Forbidden"] = Problem("The key does not allow this"),
                ["TooMany"] = Problem("Too many requests", ("Retry-After", "Seconds to wait")),
                ["Refused"] = Problem("The request has to change before it can be answered"),
            };
            foreach (OpenApiOperation operation in document.Paths.Values.SelectMany(path => path.Operations ?? []).Select(operation => operation.Value))
            {
                operation.Responses ??= [];
                foreach ((string status, string response) in new[] { ("401", "Unauthorized"), ("403", "Forbidden"), ("429", "TooMany"), ("4XX", "Refused") })
                {
                    operation.Responses.TryAdd(status, new OpenApiResponseReference(response, document));
                }
            }

            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[KeyScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = $"{KeyHash.Prefix}…",
                Description = "A key of the API; none is asked for on the loopback until one is made. Each operation names the scope that the key needs; admin allows all.",
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (ScopePolicies.ScopeOf(context.Description.ActionDescriptor.EndpointMetadata) is { } scope)
            {
                operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, context.Document)] = [scope] }];
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

    private static OpenApiResponse Problem(string description, params (string Name, string Says)[] headers) => new()
    {
        Description = description,
        Headers = headers.ToDictionary(
            header => header.Name,
            IOpenApiHeader (header) => new OpenApiHeader { Description = header.Says, Schema = new OpenApiSchema { Type = JsonSchemaType.Integer } }),
        Content = new Dictionary<string, OpenApiMediaType>
        {
            ["application/problem+json"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object } },
        },
    };
}
