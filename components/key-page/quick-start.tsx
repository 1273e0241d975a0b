"use client";

import { useState } from "react";
import { LANGUAGES, quickStart } from "@/components/key-page/quick-start-code";
import { CodeBlock } from "@/components/ui/code-block";
import { Tab, TabList, TabPanel, Tabs } from "@/components/ui/tabs";

/** A first call with the key, ready to paste. The token comes from the environment: it is not known here. */
export function QuickStart({ origin }: { origin: string }) {
  const [language, setLanguage] = useState<string>("curl");
  return (
    <>
      <p className="mb-3 text-text-muted">
        Put the token into <code className="text-text">LATCHKEY_TOKEN</code>. The call answers with what the key may
        grant; any active key may make it.
      </p>
      <Tabs value={language} onValueChange={setLanguage}>
        <TabList label="Language">
          {LANGUAGES.map(({ id, name }) => (
            <Tab key={id} value={id}>
              {name}
            </Tab>
          ))}
        </TabList>
        {LANGUAGES.map(({ id, name }) => (
          <TabPanel key={id} value={id}>
            <CodeBlock code={quickStart(id, origin)} label={name} />
          </TabPanel>
        ))}
      </Tabs>
    </>
  );
}
